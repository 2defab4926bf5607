#include "ingest/cli/checks.h"

#include <openssl/x509.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "config/units.h"
#include "ingest/cli/output.h"
#include "ingest/cli/tcp_probe.h"
#include "ingest/runtime/system_loop.h"
#include "ingest/state/rocksdb_store.h"

namespace circuit::cli {
namespace {

// The folder itself, or the nearest one above it that exists.
std::filesystem::path existing_part(std::filesystem::path path) {
  std::error_code failed;
  while (!path.empty() && path != path.root_path() && !std::filesystem::exists(path, failed))
    path = path.parent_path();
  return path.empty() ? "." : path;
}

bool writable_folder(const std::filesystem::path& path) { return ::access(path.c_str(), W_OK | X_OK) == 0; }

size_t certificates_in(const std::string& file) {
  std::ifstream text(file);
  size_t count = 0;
  for (std::string line; std::getline(text, line);)
    count += line.starts_with("-----BEGIN CERTIFICATE") ? 1 : 0;
  return count;
}

} // namespace

Finding ok(std::string subject, std::string found) {
  return {Finding::kOk, std::move(subject), std::move(found), ""};
}
Finding warn(std::string subject, std::string found, std::string next_step) {
  return {Finding::kWarn, std::move(subject), std::move(found), std::move(next_step)};
}
Finding fail(std::string subject, std::string found, std::string next_step) {
  return {Finding::kFail, std::move(subject), std::move(found), std::move(next_step)};
}
Finding fail(std::string subject, const Error& error) {
  return fail(std::move(subject), error.message, error.next_step);
}

Finding check_data_dir(const std::string& path, bool verify) {
  const std::string subject = "data directory";
  std::error_code failed;
  if (!std::filesystem::exists(path, failed)) {
    const auto above = existing_part(path);
    if (writable_folder(above)) return ok(subject, path + " will be made");
    return fail(subject, path + " does not exist, and this user may not make it in " + above.string(),
                "Make it, or name another with --data-dir.");
  }
  state::RocksDbOptions options;
  options.create = false;
  auto store = state::RocksDbStore::open(path, std::move(options));
  if (!store && store.error().reason == "STORE_MISSING" && writable_folder(path)) {
    return ok(subject, path + " is empty, a store will be made");
  }
  if (!store && store.error().reason == "STORE_LOCKED") return ok(subject, store.error().message);
  if (!store) return fail(subject, store.error());
  if (verify) {
    if (const auto verified = (*store)->verify(); !verified) return fail(subject, verified.error());
  }
  const std::string id = (*store)->store_id();
  if (const auto closed = (*store)->close(); !closed) return fail(subject, closed.error());
  return ok(subject, path + ", format " + std::to_string(state::kStoreFormat) + ", store " + id +
                         (verify ? ", every block verified" : ""));
}

Finding check_disk_space(const std::string& path) {
  constexpr int64_t kLeast = 64ll << 20;
  constexpr int64_t kComfortable = 1ll << 30;
  const std::string subject = "disk space";
  const auto at = existing_part(path);
  struct statvfs disk {};
  if (::statvfs(at.c_str(), &disk) != 0) return warn(subject, "cannot be read for " + at.string(), "");
  const auto free = static_cast<int64_t>(disk.f_bavail) * static_cast<int64_t>(disk.f_frsize);
  const std::string found = show_bytes(free) + " free at " + at.string();
  if (free < kLeast) return fail(subject, found, "Make room: a full disk stops every sync.");
  if (free < kComfortable)
    return warn(subject, found, "Make room before feeds with many documents are added.");
  return ok(subject, found);
}

Finding check_clock() {
  const std::string subject = "clock";
  constexpr auto kBuilt = std::chrono::sys_days(std::chrono::year(2025) / 1 / 1);
  google::protobuf::Timestamp now;
  now.set_seconds(std::chrono::floor<std::chrono::seconds>(machine_now()).time_since_epoch().count());
  const std::string shown = show_time(now);
  if (machine_now() < kBuilt) {
    return fail(subject, "says " + shown, "Set the clock: certificates cannot be checked against this time.");
  }
  struct timex state {};
  if (::adjtimex(&state) == TIME_ERROR || (state.status & STA_UNSYNC) != 0) {
    return warn(subject, "says " + shown + ", and nothing keeps it right",
                "Run a time service such as chrony, unless the host does.");
  }
  return ok(subject, shown + ", synchronized");
}

Finding check_authorities(const std::string& ca_file) {
  const std::string subject = "certificate authorities";
  if (!ca_file.empty()) {
    const size_t count = certificates_in(ca_file);
    if (count == 0)
      return fail(subject, ca_file + " holds no certificates", "Set http.ca_file to a PEM bundle.");
    return ok(subject, std::to_string(count) + " in " + ca_file);
  }
  for (const std::string file : {X509_get_default_cert_file(), "/etc/ssl/certs/ca-certificates.crt"}) {
    if (const size_t count = certificates_in(file); count > 0)
      return ok(subject, std::to_string(count) + " in " + file);
  }
  return fail(subject, "none are installed", "Install the package ca-certificates, or set http.ca_file.");
}

Finding check_open_files(const config::HttpSettings& settings) {
  constexpr uint64_t kOwn = 512; // the store's files, logs, listeners, sinks
  const std::string subject = "open files";
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return warn(subject, "the limit cannot be read", "");
  const uint64_t wanted = settings.max_connections + kOwn;
  const std::string found =
      std::to_string(limit.rlim_cur) + " allowed, up to " + std::to_string(wanted) + " wanted";
  if (limit.rlim_cur >= wanted) return ok(subject, found);
  return warn(
      subject, found,
      "Raise the limit (ulimit -n, LimitNOFILE=), or lower http.max_connections to what it leaves room for.");
}

Finding check_memory(const sync::EngineOptions& options) {
  const std::string subject = "memory";
  const auto pages = static_cast<uint64_t>(::sysconf(_SC_PHYS_PAGES));
  const auto page = static_cast<uint64_t>(::sysconf(_SC_PAGE_SIZE));
  const uint64_t credit = options.delivery_credit_bytes + options.body_credit_bytes;
  const std::string found = show_bytes(static_cast<int64_t>(credit)) + " of " +
                            show_bytes(static_cast<int64_t>(pages * page)) + " for documents on their way";
  if (credit <= pages * page / 2) return ok(subject, found);
  return warn(subject, found,
              "Lower engine.delivery_credit and engine.body_credit to half of the memory at most.");
}

Finding check_sink(const std::string& uri, Duration limit) {
  const std::string subject = "sink " + uri;
  if (uri == "jsonl:-") return ok(subject, "standard output");
  if (uri.starts_with("jsonl:")) {
    const std::filesystem::path file = uri.substr(6);
    const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
    std::error_code failed;
    const bool exists = std::filesystem::exists(file, failed);
    if (exists && ::access(file.c_str(), W_OK) == 0) return ok(subject, "can be written");
    if (!exists && writable_folder(folder)) return ok(subject, "will be made");
    return fail(subject, "this user may not write it", "Give write access to " + folder.string() + ".");
  }
  if (uri.starts_with("grpc:")) {
    const auto reached = probe_tcp(uri.substr(5), limit);
    if (!reached) return fail(subject, reached.error());
    return ok(subject, "something listens there");
  }
  return fail(subject, "is no sink", "Use jsonl:PATH, jsonl:- or grpc:HOST:PORT.");
}

} // namespace circuit::cli
