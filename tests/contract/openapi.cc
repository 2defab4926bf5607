#include "tests/contract/openapi.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace circuit::contract {
namespace {

namespace json = boost::json;

std::vector<std::string_view> segments(std::string_view path) {
  std::vector<std::string_view> out;
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find('/', begin), path.size());
    out.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

bool matches(std::string_view pattern, std::string_view path) {
  const auto a = segments(pattern);
  const auto b = segments(path);
  return std::ranges::equal(a, b, [](std::string_view described, std::string_view given) {
    return described.starts_with('{') ? !given.empty() : described == given;
  });
}

// The names of a target's query parameters, each as often as it is given.
std::vector<std::string> query_names(std::string_view target) {
  std::vector<std::string> names;
  const size_t question = target.find('?');
  if (question == std::string_view::npos) return names;
  std::string_view rest = target.substr(question + 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    names.emplace_back(pair.substr(0, pair.find('=')));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
  }
  return names;
}

// What a query parameter's text stands for. An array's is its one item.
json::value typed(const json::object& schema, const std::string& text) {
  const std::string_view type = schema.at("type").as_string();
  if (type == "array") return json::array{typed(schema.at("items").as_object(), text)};
  if (type == "boolean" && (text == "true" || text == "false")) return text == "true";
  if (type == "integer") {
    int64_t number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (code == std::errc() && end == text.data() + text.size()) return number;
  }
  return json::value(text);
}

// The schema of a body of that media type; null where none is described.
const json::value* schema_of(const json::object& answer, std::string_view media_type) {
  const auto* content = answer.if_contains("content");
  if (content == nullptr) return nullptr;
  const auto* found = content->as_object().if_contains(media_type);
  if (found == nullptr) found = content->as_object().if_contains("*/*");
  return found != nullptr ? found->as_object().if_contains("schema") : nullptr;
}

} // namespace

std::optional<std::string> OpenApi::path_of(const providers::SimRequest& request) const {
  for (const auto& path : description_.at("paths").as_object()) {
    if (matches(path.key(), request.path())) return std::string(path.key());
  }
  return std::nullopt;
}

std::string OpenApi::parameter_problem(const json::object& operation,
                                       const providers::SimRequest& request) const {
  const JsonSchema schemas(description_, Extra::kRefused);
  const auto* parameters = operation.if_contains("parameters");
  for (const std::string& name : query_names(request.target)) {
    const json::object* declared = nullptr;
    if (parameters != nullptr) {
      for (const auto& parameter : parameters->as_array()) {
        const json::object& candidate = schemas.resolve(parameter).as_object();
        if (candidate.at("in") == "query" && candidate.at("name") == json::string_view(name))
          declared = &candidate;
      }
    }
    if (declared == nullptr) return "there is no parameter " + name;
    const json::value& schema = schemas.resolve(declared->at("schema"));
    const std::string value = request.query(name).value_or("");
    const std::string found = schemas.problem(schema, typed(schema.as_object(), value));
    if (!found.empty()) return "parameter " + name + ": " + found;
  }
  return {};
}

std::string OpenApi::problem(const providers::SimRequest& request, const providers::SimResponse& response) {
  const auto path = path_of(request);
  if (!path) return std::string(request.path()) + ": no such path";
  std::string method = request.method;
  std::ranges::transform(method, method.begin(), [](unsigned char c) { return std::tolower(c); });
  const auto* operation = description_.at("paths").at(*path).as_object().if_contains(method);
  const std::string name = request.method + " " + *path + " " + std::to_string(response.status);
  if (operation == nullptr) return name + ": no such method";
  if (auto found = parameter_problem(operation->as_object(), request); !found.empty())
    return name + ": " + found;
  const json::object& answers = operation->at("responses").as_object();
  const auto* answer = answers.if_contains(std::to_string(response.status));
  const bool is_described = answer != nullptr;
  if (answer == nullptr) answer = answers.if_contains("default");
  if (answer == nullptr) return name + ": no such status";
  // Errors are described for all operations of a vendor at once, and have members of their own on top.
  const JsonSchema schemas(description_, is_described ? Extra::kRefused : Extra::kAllowed);
  const std::string type = providers::find_field(response.fields, "Content-Type").value_or("");
  const auto* schema = schema_of(schemas.resolve(*answer).as_object(), type.substr(0, type.find(';')));
  if (schema == nullptr) return name + ": no body of type " + type;
  boost::system::error_code broken;
  const json::value body = json::parse(response.body != nullptr ? *response.body : "", broken);
  if (broken) return name + ": the body is no JSON";
  if (auto found = schemas.problem(*schema, body); !found.empty()) return name + ": " + found;
  seen_.insert(name);
  return {};
}

} // namespace circuit::contract
