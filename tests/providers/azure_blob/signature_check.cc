#include "tests/providers/azure_blob/signature_check.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <set>
#include <sstream>

namespace circuit::providers::azure_blob {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string lower_case(std::string text) {
  for (auto& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string stripped(const std::string& text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::string query_lines(const std::string& target) {
  const auto question = target.find('?');
  if (question == std::string::npos) return "";
  std::set<std::pair<std::string, std::string>> all; // in the order that is signed
  std::istringstream query(target.substr(question + 1));
  for (std::string one; std::getline(query, one, '&');) {
    const auto equals = one.find('=');
    all.emplace(lower_case(percent_decode(one.substr(0, equals))),
                equals == std::string::npos ? "" : percent_decode(one.substr(equals + 1)));
  }
  std::string lines, last;
  for (const auto& [name, value] : all) {
    lines += name == last && !lines.empty() ? "," + value : "\n" + name + ":" + value;
    last = name;
  }
  return lines;
}

} // namespace

std::string percent_decode(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string decode_base64(const std::string& text) {
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const auto value = kAlphabet.find(c);
    if (value == std::string_view::npos) break;
    bits = bits << 6 | static_cast<unsigned>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>(bits >> count & 0xff);
  }
  return out;
}

std::string encode_base64(const std::string& bytes) {
  std::string out;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    unsigned bits = 0;
    for (size_t k = 0; k < 3; ++k)
      bits = bits << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (size_t k = 0; k < 4; ++k) {
      const bool padding = i + k > bytes.size();
      out += padding ? '=' : kAlphabet[bits >> (18 - 6 * k) & 63];
    }
  }
  return out;
}

std::string md5_base64(const std::string& bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  size_t size = 0;
  EVP_Q_digest(nullptr, "MD5", nullptr, bytes.data(), bytes.size(), digest, &size);
  return encode_base64({reinterpret_cast<char*>(digest), size});
}

std::string expected_authorization(const SimRequest& request, const std::string& account,
                                   const std::string& key) {
  const auto field = [&](const char* name) {
    return stripped(find_field(request.fields, name).value_or(""));
  };
  std::string text = request.method + "\n" + field("Content-Encoding") + "\n" + field("Content-Language") +
                     "\n" + (request.body.empty() ? "" : std::to_string(request.body.size())) + "\n" +
                     field("Content-MD5") + "\n" + field("Content-Type") + "\n\n" +
                     field("If-Modified-Since") + "\n" + field("If-Match") + "\n" + field("If-None-Match") +
                     "\n" + field("If-Unmodified-Since") + "\n" + field("Range") + "\n";
  std::set<std::pair<std::string, std::string>> ours; // by name
  for (const auto& [name, value] : request.fields) {
    if (lower_case(name).rfind("x-ms-", 0) == 0) ours.emplace(lower_case(name), stripped(value));
  }
  for (const auto& [name, value] : ours) text += name + ":" + value + "\n";
  text += "/" + account + std::string(request.path()) + query_lines(request.target);
  unsigned char mac[32];
  unsigned size = sizeof mac;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, &size);
  return "SharedKey " + account + ":" + encode_base64({reinterpret_cast<char*>(mac), size});
}

} // namespace circuit::providers::azure_blob
