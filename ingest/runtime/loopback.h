#pragma once
// Which hosts are this machine, as they are written: names are not looked up. Pure; any thread.

#include <string>

namespace circuit {

// "localhost", an address of 127.0.0.0/8, or ::1 (without brackets). A name that only begins like an address,
// "127.0.0.1.example", is somebody else's.
bool is_loopback_host(const std::string& host);

} // namespace circuit
