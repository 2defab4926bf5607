#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "config/applications.h"
#include "config/catalog.h"
#include "config/suggest.h"
#include "config/yaml_section.h"
#include "ingest/text/url.h"

namespace circuit::config {
namespace {

constexpr size_t kLargestApplicationsFile = 1 << 20;

Error application_error(ErrorClass cls, const std::string& reason, const std::string& path,
                        const std::string& problem, const std::string& next_step) {
  return make_error(cls, reason, path + " " + problem, next_step).with("file", path);
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

// A file with a secret in it: of this user or group alone. Judged on what was opened.
Result<std::string> read_private_file(const std::string& path) {
  const auto failed = [&](int error) {
    if (error == ENOENT) {
      return application_error(ErrorClass::kNotFound, "APPLICATIONS_MISSING", path, "does not exist",
                               "Correct the path; relative ones begin at the applications file.");
    }
    return application_error(ErrorClass::kInvalid, "APPLICATIONS_UNREADABLE", path,
                             "cannot be read: " + std::generic_category().message(error),
                             "Let this user read it.");
  };
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) return failed(errno);
  if (!S_ISREG(status.st_mode)) return failed(EISDIR);
  if ((status.st_mode & S_IRWXO) != 0) {
    return application_error(ErrorClass::kPermission, "APPLICATIONS_EXPOSED", path,
                             "holds a secret and is open to every user of this machine",
                             "Take their rights away: chmod o= " + path);
  }
  std::string text(kLargestApplicationsFile + 1, '\0');
  size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(file.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(errno);
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  if (size > kLargestApplicationsFile) return failed(EFBIG);
  text.resize(size);
  return text;
}

// No message may quote it, so it is not read as other texts are.
bool is_plain(std::string_view secret) {
  const auto odd = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  return !secret.empty() && secret.size() <= 4096 && std::ranges::none_of(secret, odd);
}

credentials::Secret read_secret(const Section& section, const std::string& folder,
                                std::optional<Error>& error) {
  if (section.has("client_secret")) {
    const YAML::Node node = section.at("client_secret");
    if (!node.IsScalar() || !is_plain(node.Scalar())) refuse(node, "client_secret must be one line of text");
    return credentials::Secret(node.Scalar());
  }
  if (!section.has("client_secret_file")) return {};
  const auto path = std::filesystem::path(folder) / section.text("client_secret_file");
  auto text = read_private_file(path.string());
  if (!text) {
    error = std::move(text).error();
    return {};
  }
  while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
  if (!is_plain(*text)) {
    credentials::wipe(*text);
    refuse(section.at("client_secret_file"),
           "the file that client_secret_file names must hold one line of text");
  }
  return credentials::Secret::take(std::move(*text));
}

std::string read_address(const Section& section, const std::string& key) {
  std::string address = section.text(key, "");
  if (address.empty()) return address;
  const auto parts = text::split_url(address);
  const bool web = parts && (parts->scheme == "https" || parts->scheme == "http") && !parts->host.empty();
  if (!web || !parts->user_info.empty()) refuse(section.at(key), key + " must be an http or https address");
  return address;
}

Overrides read_overrides(const Section& section) {
  Overrides overrides;
  overrides.authorization_endpoint = read_address(section, "authorization_endpoint");
  overrides.token_endpoint = read_address(section, "token_endpoint");
  overrides.revocation_endpoint = read_address(section, "revocation_endpoint");
  overrides.issuer = read_address(section, "issuer");
  overrides.account_url = read_address(section, "account_url");
  overrides.base_url = read_address(section, "base_url");
  overrides.hosts = section.texts("hosts");
  while (overrides.base_url.ends_with('/')) overrides.base_url.pop_back();
  return overrides;
}

Application read_application(const std::string& provider, const YAML::Node& node, const std::string& folder,
                             std::optional<Error>& error) {
  const Section section(
      node, provider,
      {"client_id", "client_secret", "client_secret_file", "authorization_endpoint", "token_endpoint",
       "revocation_endpoint", "issuer", "account_url", "base_url", "hosts"});
  Application application;
  application.provider = provider;
  application.client_id = section.text("client_id", "");
  if (section.has("client_secret") && section.has("client_secret_file"))
    refuse(node, provider + " has both client_secret and client_secret_file");
  application.client_secret = read_secret(section, folder, error);
  if (application.client_id.empty() && (section.has("client_secret") || section.has("client_secret_file")))
    refuse(node, provider + " lacks client_id");
  application.overrides = read_overrides(section);
  return application;
}

} // namespace

Result<std::vector<Application>> load_applications(const std::string& path) {
  const auto catalog = load_catalog();
  if (!catalog) return catalog.error();
  std::vector<std::string> known;
  for (const auto& entry : *catalog) known.push_back(entry.description.name());
  auto text = read_private_file(path);
  if (!text) return std::move(text).error();
  std::vector<Application> applications;
  std::optional<Error> of_a_file;
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const auto read = [&](const YAML::Node& root) {
    const Section file(root, "the file", {"applications"});
    const YAML::Node of_providers = file.at("applications");
    const Section providers(of_providers, "applications", known);
    for (const auto& entry : of_providers)
      applications.push_back(read_application(entry.first.Scalar(), entry.second, folder, of_a_file));
  };
  auto done = read_yaml(*text, path, "APPLICATIONS_INVALID", "docs/configuration.md shows the form.", read);
  credentials::wipe(*text);
  if (!done) return std::move(done).error();
  if (of_a_file) return *std::move(of_a_file);
  return applications;
}

} // namespace circuit::config
