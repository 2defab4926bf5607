#include "tests/providers/azure_blob/simulator.h"

#include <openssl/evp.h>

#include <algorithm>
#include <charconv>

#include "tests/providers/azure_blob/listing_xml.h"
#include "tests/providers/azure_blob/signature_check.h"
#include "tests/providers/http_date.h"

namespace circuit::providers::azure_blob {
namespace {

SimResponse refusal(int status, const std::string& code, const std::string& detail = "") {
  auto response = text_response(status, "application/xml",
                                "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>" + code +
                                    "</Code><Message>No.</Message><AuthenticationErrorDetail>" + detail +
                                    "</AuthenticationErrorDetail></Error>");
  response.fields.emplace_back("x-ms-error-code", code);
  return response;
}

// nullopt: outside of its bounds.
std::optional<size_t> page_size(const SimRequest& request) {
  constexpr size_t kMost = 5000;
  const auto given = request.query("maxresults");
  if (!given) return kMost;
  int64_t value = 0;
  const auto [end, code] = std::from_chars(given->data(), given->data() + given->size(), value);
  if (code != std::errc() || end != given->data() + given->size() || value < 1) return std::nullopt;
  return std::min(static_cast<size_t>(value), kMost);
}

bool includes(const SimRequest& request, std::string_view what) {
  const std::string list = "," + request.query("include").value_or("") + ",";
  return list.find("," + std::string(what) + ",") != std::string::npos;
}

std::string md5(const std::string& bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  size_t size = 0;
  EVP_Q_digest(nullptr, "MD5", nullptr, bytes.data(), bytes.size(), digest, &size);
  return encode_base64({reinterpret_cast<char*>(digest), size});
}

// Everything that a listing may name, in order: by name, a name's past before its present.
std::vector<ListedBlob> entries(const World::Container& container, const SimRequest& request) {
  std::vector<ListedBlob> out;
  const auto add = [&](ListedBlob entry, const std::string& order) {
    entry.key = entry.name + '\x01' + order;
    if (entry.blob.content_md5.empty()) entry.blob.content_md5 = md5(entry.blob.content);
    out.push_back(std::move(entry));
  };
  for (const auto& [name, blobs] : container.past) {
    for (const PastBlob& past : blobs) {
      if (past.kind == PastBlob::kSnapshot && includes(request, "snapshots"))
        add({.name = name, .blob = past.blob, .snapshot = past.id}, past.id);
      if (past.kind == PastBlob::kVersion && includes(request, "versions"))
        add({.name = name, .blob = past.blob, .version_id = past.id}, past.id);
      if (past.kind == PastBlob::kDeleted && includes(request, "deleted"))
        add({.name = name, .blob = past.blob, .deleted = true}, "x");
    }
  }
  for (const auto& [name, blob] : container.blobs) {
    const bool versions = includes(request, "versions") && !blob.version_id.empty();
    add({.name = name, .blob = blob, .version_id = versions ? blob.version_id : "", .current = true}, "z");
  }
  std::ranges::sort(out, {}, &ListedBlob::key);
  return out;
}

struct Range {
  uint64_t first = 0, last = 0;
};

std::optional<Range> read_range(const std::string& text) {
  Range range;
  constexpr std::string_view kUnit = "bytes=";
  if (text.rfind(kUnit, 0) != 0) return std::nullopt;
  const auto dash = text.find('-');
  if (dash == std::string::npos) return std::nullopt;
  std::from_chars(text.data() + kUnit.size(), text.data() + dash, range.first);
  range.last = UINT64_MAX;
  std::from_chars(text.data() + dash + 1, text.data() + text.size(), range.last);
  return range;
}

} // namespace

SimResponse AzureBlobSimulator::respond(const SimRequest& request, SystemTime now,
                                        std::optional<ContentFault> /*fault*/) {
  const SystemTime here = now + clock_ahead;
  auto refused = unauthorized(request, here);
  SimResponse response = refused ? *std::move(refused) : answer(request);
  response.fields.emplace_back("Date", format_http_date(here));
  response.fields.emplace_back("x-ms-request-id", "5b1f0a6e-001e-0000-0000-000000000000");
  response.fields.emplace_back("x-ms-version", find_field(request.fields, "x-ms-version").value_or(""));
  return response;
}

std::optional<SimResponse> AzureBlobSimulator::unauthorized(const SimRequest& request, SystemTime now) const {
  const auto said = find_field(request.fields, "Authorization");
  if (!said) return refusal(401, "NoAuthenticationInformation");
  const auto date = parse_http_date(find_field(request.fields, "x-ms-date").value_or(""), now);
  if (!date || std::chrono::abs(now - *date) > std::chrono::minutes(15))
    return refusal(403, "AuthenticationFailed", "Request date header too old");
  if (!find_field(request.fields, "x-ms-version")) return refusal(400, "MissingRequiredHeader");
  const bool first = first_key_works &&
                     *said == expected_authorization(request, options_.account, decode_base64(options_.key));
  const bool second =
      *said == expected_authorization(request, options_.account, decode_base64(options_.second_key));
  if (!first && !second) return refusal(403, "AuthenticationFailed", "The MAC signature is not the same");
  if (firewall) return refusal(403, "AuthorizationFailure");
  return std::nullopt;
}

SimResponse AzureBlobSimulator::answer(const SimRequest& request) {
  if (request.method != "GET") return refusal(405, "UnsupportedHttpVerb");
  const std::string path(request.path());
  if (path == "/") {
    if (request.query("comp") != "list") return refusal(400, "InvalidQueryParameterValue");
    ++lists_;
    return list_containers(request);
  }
  const auto slash = path.find('/', 1);
  const std::string container = path.substr(1, slash == std::string::npos ? slash : slash - 1);
  if (slash == std::string::npos) {
    if (request.query("comp") != "list" || request.query("restype") != "container")
      return refusal(400, "InvalidQueryParameterValue");
    ++lists_;
    return list_blobs(container, request);
  }
  ++gets_;
  return get_blob(container, percent_decode(path.substr(slash + 1)), request);
}

SimResponse AzureBlobSimulator::list_containers(const SimRequest& request) const {
  const auto limit = page_size(request);
  if (!limit) return refusal(400, "OutOfRangeQueryParameterValue");
  const std::string marker = request.query("marker").value_or("");
  std::vector<std::string> names;
  std::string next;
  for (const auto& [name, container] : world_.containers()) {
    if (name < marker) continue;
    if (names.size() == *limit) {
      next = name;
      break;
    }
    names.push_back(name);
  }
  return text_response(200, "application/xml", containers_xml(names, next));
}

SimResponse AzureBlobSimulator::list_blobs(const std::string& container, const SimRequest& request) const {
  const auto found = world_.containers().find(container);
  if (found == world_.containers().end()) return refusal(404, "ContainerNotFound");
  if (options_.hierarchical && (includes(request, "tags") || includes(request, "deleted")))
    return refusal(400, "InvalidQueryParameterValue");
  const auto limit = page_size(request);
  if (!limit) return refusal(400, "OutOfRangeQueryParameterValue");
  const std::string marker = decode_base64(request.query("marker").value_or(""));
  const std::string prefix = request.query("prefix").value_or("");
  const std::string delimiter = request.query("delimiter").value_or("");
  std::vector<ListedBlob> page;
  std::vector<std::string> prefixes;
  std::string next;
  for (ListedBlob& entry : entries(found->second, request)) {
    if (entry.key < marker || entry.name.rfind(prefix, 0) != 0) continue;
    if (page.size() + prefixes.size() == *limit) {
      next = encode_base64(entry.key);
      break;
    }
    const auto cut = delimiter.empty() ? std::string::npos : entry.name.find(delimiter, prefix.size());
    if (cut == std::string::npos) {
      page.push_back(std::move(entry));
    } else if (const auto below = entry.name.substr(0, cut + 1);
               prefixes.empty() || prefixes.back() != below) {
      prefixes.push_back(below);
    }
  }
  return text_response(
      200, "application/xml",
      blobs_xml(page, prefixes, next, includes(request, "metadata"), includes(request, "tags")));
}

SimResponse AzureBlobSimulator::get_blob(const std::string& container, const std::string& name,
                                         const SimRequest& request) {
  if (before_content) before_content(container, name);
  const auto in = world_.containers().find(container);
  if (in == world_.containers().end()) return refusal(404, "ContainerNotFound");
  const SimBlob* blob = world_.find(container, name);
  const auto version = request.query("versionid");
  const auto snapshot = request.query("snapshot");
  if (version || snapshot) {
    blob = nullptr;
    const auto past = in->second.past.find(name);
    if (past != in->second.past.end()) {
      for (const PastBlob& one : past->second) {
        const bool wanted = (version && one.kind == PastBlob::kVersion && one.id == *version) ||
                            (snapshot && one.kind == PastBlob::kSnapshot && one.id == *snapshot);
        if (wanted) blob = &one.blob;
      }
    }
  }
  if (blob == nullptr) return refusal(404, "BlobNotFound");
  const auto if_match = find_field(request.fields, "If-Match");
  if (if_match && *if_match != "*" && *if_match != "\"" + blob->etag + "\"")
    return refusal(412, "ConditionNotMet");
  if (blob->tier == "Archive") return refusal(409, "BlobArchived");
  if (blob->encrypted) return refusal(409, "BlobUsesCustomerSpecifiedEncryption");

  SimResponse response = text_response(200, blob->content_type, blob->content);
  response.fields.emplace_back("ETag", "\"" + blob->etag + "\"");
  const auto asked = find_field(request.fields, "x-ms-range");
  if (!asked) {
    response.fields.emplace_back("Content-MD5",
                                 blob->content_md5.empty() ? md5(blob->content) : blob->content_md5);
    return response;
  }
  auto range = read_range(*asked);
  if (!range || range->first >= blob->content.size()) return refusal(416, "InvalidRange");
  range->last = std::min<uint64_t>(range->last, blob->content.size() - 1);
  std::string part = blob->content.substr(range->first, range->last - range->first + 1);
  if (find_field(request.fields, "x-ms-range-get-content-md5") == "true") {
    constexpr size_t kMost = 4 << 20;
    if (part.size() > kMost) return refusal(400, "OutOfRangeQueryParameterValue");
    response.fields.emplace_back("Content-MD5", md5(part));
  }
  response.status = 206;
  response.fields.emplace_back("Content-Range", "bytes " + std::to_string(range->first) + "-" +
                                                    std::to_string(range->last) + "/" +
                                                    std::to_string(blob->content.size()));
  response.body = std::make_shared<const std::string>(std::move(part));
  return response;
}

} // namespace circuit::providers::azure_blob
