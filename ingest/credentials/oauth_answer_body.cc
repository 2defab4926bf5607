#include "ingest/credentials/oauth_answer_body.h"

#include <algorithm>
#include <boost/json/parser.hpp>

#include "ingest/credentials/secret.h"
#include "ingest/credentials/web_encoding.h"
#include "ingest/credentials/wiping_memory.h"

namespace circuit::credentials {
namespace {

namespace json = boost::json;

constexpr size_t kLargestBody = 1 << 20;
constexpr size_t kLongestProperty = 2048;
constexpr size_t kMostDigitsOfCode = 9;
constexpr size_t kMostCodes = 16;
constexpr std::string_view kEntraPrefix = "AADSTS";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A page for people, or an empty body, is no form.
bool looks_like_form(std::string_view body) {
  const auto odd = [](unsigned char c) { return c <= ' ' || c >= 0x7f || c == '<' || c == '{'; };
  return body.find('=') != std::string_view::npos && std::none_of(body.begin(), body.end(), odd);
}

void add_code(std::vector<std::string>& codes, std::string code) {
  if (codes.size() < kMostCodes && std::find(codes.begin(), codes.end(), code) == codes.end())
    codes.push_back(std::move(code));
}

// Whether a text says it. A number is not found within a longer one: AADSTS9009 is not AADSTS90094.
bool says(const std::string& text, const std::string& wanted) {
  const std::string haystack = lower_case(text), needle = lower_case(wanted);
  for (size_t at = haystack.find(needle); at != std::string::npos; at = haystack.find(needle, at + 1)) {
    const size_t end = at + needle.size();
    if (!is_digit(needle.back()) || end == haystack.size() || !is_digit(haystack[end])) return true;
  }
  return false;
}

bool matches(const ApprovalSign& sign, const ErrorAnswer& answer) {
  if (sign.error.empty() && sign.contains.empty()) return false;
  if (!sign.error.empty() && lower_case(sign.error) != answer.error) return false;
  if (sign.contains.empty()) return true;
  const auto is_code = [&](const std::string& code) {
    return code == sign.contains || code.substr(kEntraPrefix.size()) == sign.contains;
  };
  return says(answer.description, sign.contains) || says(answer.subtype, sign.contains) ||
         std::any_of(answer.codes.begin(), answer.codes.end(), is_code);
}

std::optional<std::string> text_of(const json::value* value) {
  if (!value) return std::nullopt;
  if (value->is_int64()) return std::to_string(value->get_int64());
  if (value->is_uint64()) return std::to_string(value->get_uint64());
  if (value->is_bool()) return value->get_bool() ? "true" : "false";
  if (!value->is_string() || value->get_string().size() > kLongestProperty) return std::nullopt;
  const std::string_view text = value->get_string();
  const auto control = [](unsigned char c) { return c < ' ' || c == 0x7f; };
  if (std::any_of(text.begin(), text.end(), control)) return std::nullopt;
  return std::string(text);
}

} // namespace

std::optional<json::value> read_json(std::string_view body) {
  if (body.size() > kLargestBody) return std::nullopt;
  if (body.substr(0, 3) == "\xEF\xBB\xBF") body.remove_prefix(3);
  const json::storage_ptr memory = wiping_memory();
  json::parser parser(memory);
  parser.reset(memory);
  json::error_code failed;
  parser.write(body.data(), body.size(), failed);
  if (failed) return std::nullopt;
  return parser.release();
}

std::optional<json::object> read_answer_body(std::string_view body) {
  if (auto parsed = read_json(body)) {
    if (!parsed->is_object()) return std::nullopt;
    return std::move(parsed->get_object());
  }
  if (body.size() > kLargestBody || !looks_like_form(body)) return std::nullopt;
  auto form = decode_form(body);
  if (!form) return std::nullopt;
  json::object object(wiping_memory());
  for (auto& [name, value] : *form) {
    object[name] = value;
    wipe(value);
  }
  return object;
}

const json::value* field_at(const json::object& body, std::string_view name_or_pointer) {
  if (name_or_pointer.substr(0, 1) != "/") return body.if_contains(name_or_pointer);
  // A pointer starts from a value, and an object is none: the first step is taken by hand.
  const size_t next = name_or_pointer.find('/', 1);
  const json::value* first = body.if_contains(name_or_pointer.substr(1, next - 1));
  if (!first || next == std::string_view::npos) return first;
  json::error_code failed;
  return first->find_pointer(name_or_pointer.substr(next), failed);
}

std::string_view string_at(const json::object& body, std::string_view name_or_pointer) {
  const json::value* value = field_at(body, name_or_pointer);
  return value && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

std::optional<std::string> text_at(const json::value& body, std::string_view pointer) {
  json::error_code failed;
  return text_of(body.find_pointer(pointer, failed));
}

std::optional<std::string> property_at(const json::object& body, std::string_view name_or_pointer) {
  return text_of(field_at(body, name_or_pointer));
}

std::vector<std::string> entra_codes(std::string_view description) {
  std::vector<std::string> codes;
  for (size_t at = description.find(kEntraPrefix); at != std::string_view::npos;
       at = description.find(kEntraPrefix, at + 1)) {
    size_t end = at + kEntraPrefix.size();
    while (end < description.size() && is_digit(description[end])) ++end;
    const size_t digits = end - at - kEntraPrefix.size();
    if (digits > 0 && digits <= kMostDigitsOfCode)
      add_code(codes, std::string(description.substr(at, end - at)));
  }
  return codes;
}

std::optional<ErrorAnswer> error_in(const json::object& body, const std::string& success_field, int status) {
  const json::value* success = success_field.empty() ? nullptr : field_at(body, success_field);
  const bool failed = success && success->is_bool() && !success->get_bool();
  ErrorAnswer answer;
  answer.error = lower_case(string_at(body, "error"));
  // Google's other APIs; what HubSpot calls status; Notion's and others' gateways.
  for (const char* name : {"/error/status", "status", "code"}) {
    if (answer.error.empty() && status >= 400) answer.error = lower_case(string_at(body, name));
  }
  for (const char* name : {"error_description", "/error/message", "message"}) {
    if (answer.description.empty()) answer.description = string_at(body, name);
  }
  for (const char* name : {"error_subtype", "suberror"}) {
    if (answer.subtype.empty()) answer.subtype = string_at(body, name);
  }
  const bool named = body.contains("error") || !answer.error.empty();
  if (!failed && !named) return std::nullopt;
  answer.codes = entra_codes(answer.description);
  if (const json::value* codes = body.if_contains("error_codes"); codes && codes->is_array()) {
    for (const json::value& code : codes->get_array()) {
      if (!code.is_int64() || code.get_int64() < 0) continue;
      const std::string digits = std::to_string(code.get_int64());
      if (digits.size() <= kMostDigitsOfCode) add_code(answer.codes, std::string(kEntraPrefix) + digits);
    }
  }
  return answer;
}

const ApprovalSign* matching_sign(const Profile& profile, const ErrorAnswer& answer) {
  if (!profile.approval) return nullptr;
  for (const ApprovalSign& sign : profile.approval->signs) {
    if (matches(sign, answer)) return &sign;
  }
  return nullptr;
}

} // namespace circuit::credentials
