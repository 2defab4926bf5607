#include "sinks/pem_file.h"

#include <fstream>
#include <iterator>

namespace circuit::sinks {

Result<std::string> read_pem_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(file), {}};
  if (file.is_open() && content.find("-----BEGIN ") != std::string::npos) return content;
  return make_error(ErrorClass::kInvalid, "SINK_TLS_FILE",
                    path + (file.is_open() ? " holds no PEM certificate or key" : " cannot be read"),
                    "Name a PEM file that the worker's user can read")
      .with("path", path);
}

} // namespace circuit::sinks
