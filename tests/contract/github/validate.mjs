// Holds exchanges (exchanges.h, one a line) against GitHub's own OpenAPI description: each path is one that it has, each
// query parameter is declared and has a value of its schema, each status is one of the operation's (or one that the
// reference describes for all operations), and each JSON body fits the schema of its status. Every operation that the
// client uses has to be among them, answered once with a body of the description's form.
//
// usage: node validate.mjs EXCHANGES

import { createReadStream, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import Ajv from "ajv";
import addFormats from "ajv-formats";

const require = createRequire(import.meta.url);
const description = JSON.parse(
  readFileSync(require.resolve("@octokit/openapi/generated/api.github.com.json"), "utf8"),
);

// OpenAPI 3.0 says "nullable" where JSON Schema has a type of its own for null.
function withNull(node) {
  if (Array.isArray(node)) return node.map(withNull);
  if (node === null || typeof node !== "object") return node;
  const out = {};
  for (const [key, value] of Object.entries(node)) out[key] = key === "example" ? value : withNull(value);
  if (out.nullable !== true) return out;
  delete out.nullable;
  return { anyOf: [{ type: "null" }, out] };
}
Object.assign(description, withNull({ paths: description.paths, components: description.components }));

// What the client uses beyond the description, with the reason.
const undescribedPaths = [/^\/repositories\/\d+(\/|$)/]; // where redirects of renamed repositories lead
const undescribedParameters = { "/repos/{owner}/{repo}/issues": ["after"] }; // in the cursors of Link headers
const usedOperations = [
  "/orgs/{org}/repos",
  "/repos/{owner}/{repo}",
  "/repos/{owner}/{repo}/collaborators",
  "/repos/{owner}/{repo}/compare/{basehead}",
  "/repos/{owner}/{repo}/git/blobs/{file_sha}",
  "/repos/{owner}/{repo}/git/ref/{ref}",
  "/repos/{owner}/{repo}/git/trees/{tree_sha}",
  "/repos/{owner}/{repo}/issues",
  "/repos/{owner}/{repo}/issues/comments",
  "/repos/{owner}/{repo}/pulls",
  "/repos/{owner}/{repo}/pulls/comments",
  "/repos/{owner}/{repo}/pulls/{pull_number}/reviews",
  "/repos/{owner}/{repo}/releases",
  "/user",
  "/user/orgs",
  "/user/repos",
  "/users/{username}/repos",
];
const statusesOfAll = ["301", "304", "401", "403", "404", "409", "410", "429"];

const ajv = new Ajv({ strict: false, allErrors: false, validateFormats: true });
addFormats(ajv);
ajv.addFormat("uri", true); // templates such as {/sha} are given as URIs
ajv.addFormat("timestamp", true);
ajv.addFormat("repo.nwo", true);
ajv.addSchema(description, "github");
const compiled = new Map();

function validator(pointer) {
  if (!compiled.has(pointer)) compiled.set(pointer, ajv.compile({ $ref: `github#${pointer}` }));
  return compiled.get(pointer);
}

const escape = (part) => part.replaceAll("~", "~0").replaceAll("/", "~1").replaceAll("%", "%25");
const encode = (part) => escape(part).replaceAll("{", "%7B").replaceAll("}", "%7D").replaceAll("+", "%2B");

// The reference resolved, and where it stands.
function resolve(node, pointer) {
  if (!node.$ref) return [node, pointer];
  const path = node.$ref.slice(1);
  const found = path
    .split("/")
    .slice(1)
    .reduce((at, part) => at[part.replaceAll("~1", "/").replaceAll("~0", "~")], description);
  return resolve(found, path);
}

const operations = Object.keys(description.paths)
  .filter((path) => description.paths[path].get)
  .map((path) => {
    const parts = path.split("/").slice(1);
    // References of Git contain slashes.
    const pattern = parts.map((part) =>
      part === "{ref}" ? ".+" : part.replace(/[.]/g, "\\.").replace(/\{[^}]+\}/g, "[^/]+"),
    );
    const fixed = parts.filter((part) => !part.startsWith("{")).length;
    return { path, fixed, matches: new RegExp(`^/${pattern.join("/")}$`) };
  })
  .sort((a, b) => b.fixed - a.fixed);

function problemsOf(exchange) {
  const url = new URL(exchange.target, "https://api.github.com");
  if (undescribedPaths.some((path) => path.test(url.pathname))) return [];
  const operation = operations.find(({ matches }) => matches.test(url.pathname));
  if (!operation) return [`${url.pathname}: no such path`];
  const problems = [];
  const get = description.paths[operation.path].get;
  const parameters = (get.parameters ?? []).map((parameter) => resolve(parameter, "")[0]);
  for (const [name, value] of url.searchParams) {
    if (undescribedParameters[operation.path]?.includes(name)) continue;
    const parameter = parameters.find((candidate) => candidate.in === "query" && candidate.name === name);
    if (!parameter) {
      problems.push(`${operation.path}: no parameter ${name}`);
      continue;
    }
    const schema = resolve(parameter.schema, "")[0];
    const typed = schema.type === "integer" ? Number(value) : value;
    const check = ajv.compile({ ...schema, $id: undefined });
    if (!check(typed)) problems.push(`${operation.path}: ${name}=${value}: ${ajv.errorsText(check.errors)}`);
  }
  const status = String(exchange.status);
  const answer = get.responses[status];
  if (!answer) {
    if (!statusesOfAll.includes(status)) problems.push(`${operation.path}: no status ${status}`);
    return problems;
  }
  const [response, at] = resolve(
    answer,
    `/paths/${encode(operation.path)}/get/responses/${status}`,
  );
  const type = (exchange.response["Content-Type"] ?? "").split(";")[0];
  if (status === "200") seen.add(operation.path);
  if (!response.content?.[type]) return problems; // no body, or a media type of its own (raw)
  const check = validator(`${at}/content/${encode(type)}/schema`);
  if (!check(JSON.parse(exchange.body)))
    problems.push(`${operation.path} ${status}: ${ajv.errorsText(check.errors)}`);
  else bodies += 1;
  return problems;
}

const seen = new Set();
let count = 0;
let bodies = 0;
const problems = new Set();
for await (const line of createInterface({ input: createReadStream(process.argv[2]) })) {
  count += 1;
  for (const problem of problemsOf(JSON.parse(line))) problems.add(problem);
}
for (const path of usedOperations) if (!seen.has(path)) problems.add(`${path}: not exercised`);
for (const path of seen) if (!usedOperations.includes(path)) problems.add(`${path}: not among the client's operations`);
console.log(`${count} exchanges, ${seen.size} operations, ${bodies} bodies of the description's form`);
for (const problem of problems) console.error(problem);
if (problems.size > 0 || bodies === 0) process.exit(1);
