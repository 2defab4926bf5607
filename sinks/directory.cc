#include "sinks/directory.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "sinks/file_descriptor.h"
#include "sinks/file_error.h"

namespace circuit::sinks {

std::string directory_of(const std::string& path) {
  const auto parent = std::filesystem::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

Result<void> sync_directory_of(const std::string& path) {
  const std::string directory = directory_of(path);
  const FileDescriptor descriptor{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!descriptor) return file_error(errno, "open", directory);
  if (::fsync(descriptor.get()) != 0) return file_error(errno, "make durable", directory);
  return {};
}

} // namespace circuit::sinks
