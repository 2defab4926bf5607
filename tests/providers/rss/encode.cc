#include "tests/providers/rss/encode.h"

#include <iconv.h>

#include <cerrno>
#include <cstdlib>

namespace circuit::providers::rss {
namespace {

const char* converter_of(Charset charset) {
  switch (charset) {
    case Charset::kUtf16:
      return "UTF-16LE";
    case Charset::kIso88591:
      return "ISO-8859-1";
    case Charset::kWindows1252:
      return "CP1252";
    case Charset::kShiftJis:
      return "CP932";
    case Charset::kUtf8:
      break;
  }
  return "UTF-8";
}

// The code point at the start of well-formed UTF-8, and its length.
std::pair<char32_t, size_t> first_code_point(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const size_t length = byte(0) < 0x80 ? 1 : byte(0) < 0xe0 ? 2 : byte(0) < 0xf0 ? 3 : 4;
  if (length == 1) return {byte(0), 1};
  char32_t code = byte(0) & (0xffu >> (length + 1));
  for (size_t i = 1; i < length; ++i) code = (code << 6) | (byte(i) & 0x3fu);
  return {code, length};
}

class Converter {
 public:
  explicit Converter(Charset charset) : handle_(iconv_open(converter_of(charset), "UTF-8")) {
    if (handle_ == reinterpret_cast<iconv_t>(-1)) std::abort(); // the C library knows all of them
  }
  ~Converter() { iconv_close(handle_); }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  // Appends as much of the front of `text` as the charset has, and takes it off.
  void convert(std::string_view& text, std::string& out) {
    char piece[4096];
    for (;;) {
      char* in = const_cast<char*>(text.data()); // iconv does not write to it
      size_t in_left = text.size();
      char* to = piece;
      size_t to_left = sizeof piece;
      const size_t status = iconv(handle_, &in, &in_left, &to, &to_left);
      out.append(piece, sizeof piece - to_left);
      text.remove_prefix(text.size() - in_left);
      if (status != static_cast<size_t>(-1) || errno != E2BIG) return;
    }
  }

 private:
  iconv_t handle_;
};

} // namespace

std::string encode(std::string_view utf8, Charset charset) {
  if (charset == Charset::kUtf8) return std::string(utf8);
  Converter converter(charset);
  std::string out;
  while (!utf8.empty()) {
    converter.convert(utf8, out);
    if (utf8.empty()) break;
    const auto [code, length] = first_code_point(utf8);
    utf8.remove_prefix(length);
    const std::string reference = "&#" + std::to_string(static_cast<uint32_t>(code)) + ";";
    std::string_view rest = reference;
    converter.convert(rest, out);
  }
  return out;
}

std::string_view byte_order_mark(Charset charset) {
  if (charset == Charset::kUtf8) return "\xef\xbb\xbf";
  return charset == Charset::kUtf16 ? std::string_view("\xff\xfe") : std::string_view();
}

std::string escape_xml(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string cdata(std::string_view text) {
  std::string out = "<![CDATA[";
  for (size_t end = text.find("]]>"); end != std::string_view::npos; end = text.find("]]>")) {
    out += text.substr(0, end + 2);
    out += "]]><![CDATA[";
    text.remove_prefix(end + 2);
  }
  out += text;
  return out + "]]>";
}

} // namespace circuit::providers::rss
