#pragma once
// Bodies in the codings of HTTP, by the libraries' own encoders. Pure; any thread.

#include <string>
#include <string_view>

namespace circuit::http {

enum class Wrapper { kGzip, kZlib, kRaw };

std::string deflated(std::string_view text, Wrapper wrapper);
std::string brotli(std::string_view text);
// window_log: of the window that the frame asks for; 0: as the library chooses. With a checksum.
std::string zstd(std::string_view text, int window_log = 0);

// By the name of the coding: gzip, deflate, br, zstd.
std::string encoded(std::string_view coding, std::string_view text);

} // namespace circuit::http
