#pragma once
// The CRC-64 of Azure Storage (x-ms-content-crc64; "Get Blob": x-ms-range-get-content-crc64): polynomial
// 0xAD93D23594C93659, bits reflected, beginning and ending inverted, as NVMe has it; base64 of the eight
// bytes, the lowest first. Microsoft does not publish the polynomial with the interface: what was checked is
// that it gives what the service answers to Put Block and Put Page in the recorded tests of Azure's SDKs.
// Pure; any thread.

#include <string>
#include <string_view>

namespace circuit::feeds::azure_blob {

std::string crc64_base64(std::string_view bytes);

} // namespace circuit::feeds::azure_blob
