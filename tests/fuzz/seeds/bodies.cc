#include <array>
#include <cstdint>

#include "tests/fuzz/seeds/seeds.h"
#include "tests/ingest/http/encodings.h"

namespace circuit::fuzz {

void add_body_seeds(SeedFolder& seeds) {
  std::string text;
  for (uint64_t i = 1; i < 40; ++i) text += "{\"line\":" + std::to_string(i * 7919 % 10007) + "}\n";
  constexpr auto kCodings = std::to_array<const char*>({"gzip", "deflate", "br", "zstd"});
  for (size_t i = 0; i < kCodings.size(); ++i) {
    const auto choice = static_cast<char>(i);
    const auto divided = [&](char piece, const std::string& coded) {
      seeds.add("content_decoder", std::string{choice, '\0', piece, '\x07'} + coded);
    };
    const std::string coded = http::encoded(kCodings[i], text);
    divided('\x00', coded);
    divided('\x10', coded + coded + std::string(5, '\0'));
    divided('\x03', coded.substr(0, coded.size() - 3));
    divided('\x7F', coded + "garbage");
    divided('\x7F', http::encoded(kCodings[i], std::string(40'000, 'x')));
    divided('\x01', http::encoded(kCodings[i], ""));
    seeds.add("content_decoder",
              std::string{static_cast<char>(choice | '\x80'), '\x09', '\x02', '\x11'} + text);
  }
  const std::string head("\x01\0\x05\x05", 4);
  seeds.add("content_decoder", head + http::deflated(text, http::Wrapper::kRaw) + "abcd");
  seeds.add("content_decoder", std::string("\x03\0\x05\x05", 4) + http::zstd(text, 24));
  seeds.add("content_decoder", std::string("\x04\0\x05\x05", 4) + http::brotli(http::encoded("gzip", text)));
  seeds.add("content_decoder", std::string("\x05\0\x05\x05", 4) + http::zstd(http::encoded("deflate", text)));
  seeds.add("content_decoder", std::string("\x06\0\x05\x05", 4) + http::encoded("gzip", http::brotli(text)));
}

} // namespace circuit::fuzz
