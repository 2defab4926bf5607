#pragma once
// SHA-256 and hexadecimal digits. Pure functions; any thread.

#include <string>
#include <string_view>

namespace circuit {

std::string sha256(std::string_view bytes); // 32 bytes
std::string to_hex(std::string_view bytes); // two digits a byte, lower case

} // namespace circuit
