#include "ingest/text/url_reference.h"

#include <array>

#include "ingest/text/ascii.h"
#include "ingest/text/percent.h"

namespace circuit::text {
namespace {

constexpr size_t kLongestScheme = 64;

size_t scheme_length(std::string_view text) {
  if (text.empty() || !is_ascii_alpha(text.front())) return 0;
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == ':') return i;
    if (!is_ascii_alnum(text[i]) && text[i] != '+' && text[i] != '-' && text[i] != '.') return 0;
  }
  return 0;
}

// Schemes whose URLs have a host and a path, and where browsers read '\' as '/'.
bool is_special(std::string_view scheme) {
  return scheme.empty() || scheme == "http" || scheme == "https" || scheme == "ftp" || scheme == "ws" ||
         scheme == "wss" || scheme == "file";
}

bool must_be_escaped(char c) {
  return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || c == '"' || c == '<' || c == '>' ||
         c == '\\' || c == '^' || c == '`' || c == '{' || c == '|' || c == '}';
}

void append_escaped(std::string& out, char c) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  out += '%';
  out += kHex[byte >> 4];
  out += kHex[byte & 15];
}

} // namespace

bool needs_no_repair(std::string_view text) {
  for (const char c : text) {
    if (must_be_escaped(c) || c == '%') return false;
  }
  return true;
}

UrlReference split_reference(std::string_view text) {
  UrlReference parts;
  if (const size_t length = scheme_length(text); length > 0) {
    parts.has_scheme = true;
    parts.scheme = text.substr(0, length);
    text.remove_prefix(length + 1);
  }
  if (const size_t at = text.find('#'); at != std::string_view::npos) {
    parts.has_fragment = true;
    parts.fragment = text.substr(at + 1);
    text = text.substr(0, at);
  }
  if (const size_t at = text.find('?'); at != std::string_view::npos) {
    parts.has_query = true;
    parts.query = text.substr(at + 1);
    text = text.substr(0, at);
  }
  if (text.starts_with("//")) {
    parts.has_authority = true;
    const size_t slash = text.find('/', 2);
    parts.authority = text.substr(2, slash == std::string_view::npos ? slash : slash - 2);
    text = slash == std::string_view::npos ? std::string_view{} : text.substr(slash);
  }
  parts.path = text;
  return parts;
}

std::string repair_reference(std::string_view reference) {
  reference = trim_ascii(reference);
  if (needs_no_repair(reference)) return std::string(reference);

  const bool slashes = is_special(scheme_of(reference));
  bool in_path = true; // backslashes in queries and fragments are data
  std::string out;
  out.reserve(reference.size() + 16);
  for (size_t i = 0; i < reference.size(); ++i) {
    const char c = reference[i];
    if (c == '?' || c == '#') in_path = false;
    if (c == '\t' || c == '\n' || c == '\r') continue;
    if (c == '\\' && slashes && in_path) {
      out += '/';
    } else if (c == '%') {
      const bool escape =
          i + 2 < reference.size() && hex_digit(reference[i + 1]) >= 0 && hex_digit(reference[i + 2]) >= 0;
      out += escape ? "%" : "%25";
    } else if (must_be_escaped(c)) {
      append_escaped(out, c);
    } else {
      out += c;
    }
  }
  return out;
}

std::string remove_dot_segments(std::string_view path) {
  if (path.find("/.") == std::string_view::npos && !path.starts_with('.')) return std::string(path);
  std::string out;
  out.reserve(path.size());
  while (!path.empty()) {
    if (path.starts_with("../")) {
      path.remove_prefix(3);
    } else if (path.starts_with("./")) {
      path.remove_prefix(2);
    } else if (path.starts_with("/./") || path == "/.") {
      path = path.size() == 2 ? std::string_view("/") : path.substr(2);
    } else if (path.starts_with("/../") || path == "/..") {
      path = path.size() == 3 ? std::string_view("/") : path.substr(3);
      const size_t slash = out.rfind('/');
      out.resize(slash == std::string::npos ? 0 : slash);
    } else if (path == "." || path == "..") {
      path = {};
    } else {
      const size_t next = path.find('/', 1);
      out += path.substr(0, next);
      path = next == std::string_view::npos ? std::string_view{} : path.substr(next);
    }
  }
  return out;
}

std::string scheme_of(std::string_view reference) {
  std::string scheme;
  for (const char c : reference) {
    // Browsers ignore line breaks, tabs and leading controls; so must whoever judges a scheme by its name.
    if (static_cast<unsigned char>(c) <= 0x20) continue;
    if (c == ':') return scheme;
    const bool fits =
        is_ascii_alpha(c) || (!scheme.empty() && (is_ascii_digit(c) || c == '+' || c == '-' || c == '.'));
    if (!fits || scheme.size() == kLongestScheme) return {};
    scheme += to_ascii_lower(c);
  }
  return {};
}

} // namespace circuit::text
