#include "ingest/credentials/web_encoding.h"

#include <cstdint>

#include "ingest/text/percent.h"

namespace circuit::credentials {
namespace {

constexpr std::string_view kHexDigits = "0123456789ABCDEF";
constexpr std::string_view kBase64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64UrlDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void append_base64_digits(std::string& out, std::string_view bytes, std::string_view digits, bool padded) {
  for (size_t at = 0; at < bytes.size(); at += 3) {
    const size_t count = bytes.size() - at < 3 ? bytes.size() - at : 3;
    uint32_t group = 0;
    for (size_t i = 0; i < 3; ++i) {
      group = group << 8 | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0u);
    }
    for (size_t i = 0; i < 4; ++i) {
      if (i <= count)
        out += digits[group >> (18 - 6 * i) & 63];
      else if (padded)
        out += '=';
    }
  }
}

std::optional<std::string> decode_form_value(std::string_view value) {
  std::string out;
  for (size_t at = 0; at < value.size(); ++at) {
    if (value[at] != '%') {
      out += value[at] == '+' ? ' ' : value[at];
      continue;
    }
    const int high = at + 1 < value.size() ? text::hex_digit(value[at + 1]) : -1;
    const int low = at + 2 < value.size() ? text::hex_digit(value[at + 2]) : -1;
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    at += 2;
  }
  return out;
}

} // namespace

void append_form_encoded(std::string& out, std::string_view value) {
  text::append_percent_encoded(out, value);
}

void append_json_string(std::string& out, std::string_view value) {
  out += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += kHexDigits[static_cast<unsigned char>(c) >> 4];
      out += kHexDigits[static_cast<unsigned char>(c) & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_base64(std::string& out, std::string_view bytes) {
  append_base64_digits(out, bytes, kBase64Digits, true);
}

void append_base64url(std::string& out, std::string_view bytes) {
  append_base64_digits(out, bytes, kBase64UrlDigits, false);
}

std::string basic_authorization(std::string pair) {
  std::string header = "Basic ";
  header.reserve(header.size() + pair.size() * 4 / 3 + 4);
  append_base64(header, pair);
  wipe(pair);
  return header;
}

std::string basic_authorization(std::string_view user, const Secret& password) {
  std::string pair;
  pair.reserve(user.size() + 1 + password.size());
  pair.append(user).append(1, ':').append(password.reveal());
  return basic_authorization(std::move(pair));
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

std::string form_encoded(std::string_view value) { return text::percent_encoded(value); }

std::string base64url(std::string_view bytes) {
  std::string out;
  append_base64url(out, bytes);
  return out;
}

std::optional<std::vector<std::pair<std::string, std::string>>> decode_form(std::string_view form) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!form.empty()) {
    const std::string_view pair = form.substr(0, form.find('&'));
    form.remove_prefix(pair.size() < form.size() ? pair.size() + 1 : pair.size());
    if (pair.empty()) continue;
    const size_t equals = pair.find('=');
    auto name = decode_form_value(pair.substr(0, equals));
    auto value = decode_form_value(equals == pair.npos ? std::string_view() : pair.substr(equals + 1));
    if (!name || !value) return std::nullopt;
    pairs.emplace_back(std::move(*name), std::move(*value));
  }
  return pairs;
}

} // namespace circuit::credentials
