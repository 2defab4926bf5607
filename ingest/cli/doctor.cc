// circuit-feeds doctor

#include <memory>

#include "config/catalog.h"
#include "ingest/cli/checks.h"
#include "ingest/cli/commands.h"
#include "ingest/cli/connection_options.h"
#include "ingest/cli/exit_code.h"
#include "ingest/cli/output.h"
#include "ingest/cli/session.h"
#include "ingest/cli/worker.h"

namespace circuit::cli {
namespace {

constexpr Duration kReachable = std::chrono::seconds(5);

struct DoctorFlags {
  ConnectionOptions connection;
  std::string sink;
  bool verify = false;
};

class Report {
 public:
  explicit Report(bool json) : json_(json), colour_(wants_colour(stdout)) {}

  void add(const Finding& finding) {
    failed_ = failed_ || finding.level == Finding::kFail;
    if (json_) return print_object(finding);
    constexpr const char* kNames[] = {"ok  ", "warn", "fail"};
    constexpr const char* kColours[] = {"\033[32m", "\033[33m", "\033[31m"};
    std::printf("%s%s%s  %s: %s\n", colour_ ? kColours[finding.level] : "", kNames[finding.level],
                colour_ ? "\033[0m" : "", finding.subject.c_str(), printable(finding.found).c_str());
    if (!finding.next_step.empty()) std::printf("      next: %s\n", printable(finding.next_step).c_str());
  }
  bool failed() const { return failed_; }

 private:
  static void print_object(const Finding& finding) {
    constexpr const char* kNames[] = {"ok", "warn", "fail"};
    std::printf("{\"check\":%s,\"result\":\"%s\",\"found\":%s,\"nextStep\":%s}\n",
                json_string(finding.subject).c_str(), kNames[finding.level],
                json_string(finding.found).c_str(), json_string(finding.next_step).c_str());
  }

  bool json_;
  bool colour_;
  bool failed_ = false;
};

Finding check_configuration(const ConnectionOptions& connection, const Result<config::WorkerConfig>& config) {
  if (!config) return fail("configuration", config.error());
  return ok("configuration", connection.config_file.empty() ? "the defaults and the environment"
                                                            : connection.config_file + " is valid");
}

Finding check_catalog() {
  const auto catalog = config::load_catalog(implemented_providers());
  if (!catalog) return fail("providers", catalog.error());
  std::string names;
  for (const auto& entry : *catalog) {
    if (entry.description.available()) names += (names.empty() ? "" : ", ") + entry.description.name();
  }
  return ok("providers", names);
}

Task<int> ask_for_providers(api::Control* control, Finding* finding) {
  circuit::feeds::v1::ListProvidersRequest request;
  const auto providers = co_await control->list_providers(std::move(request));
  if (!providers) {
    *finding = fail("server", providers.error());
    co_return kFailed;
  }
  finding->found += " serves, with providers";
  for (const auto& provider : providers->providers()) {
    if (provider.available()) finding->found += " " + provider.name();
  }
  co_return kDone;
}

Finding check_server(const ConnectionOptions& connection) {
  SystemLoop loop;
  const auto control = open_remote(connection, loop);
  if (!control) return fail("server", control.error());
  Finding finding = ok("server", connection.server);
  run_to_end(loop, ask_for_providers(control->get(), &finding));
  return finding;
}

int run_doctor(const DoctorFlags& flags) {
  Report report(flags.connection.json);
  const auto config = load_config(flags.connection.config_file, flags.connection.data_dir);
  report.add(check_configuration(flags.connection, config));
  // The other checks still tell something about the machine.
  config::WorkerConfig settings = config ? *config : config::WorkerConfig();
  report.add(check_catalog());
  if (flags.connection.remote()) {
    report.add(check_server(flags.connection));
  } else if (config) {
    report.add(check_data_dir(settings.state.data_dir, flags.verify));
    report.add(check_disk_space(settings.state.data_dir));
  }
  report.add(check_clock());
  report.add(check_authorities(settings.http.ca_file));
  report.add(check_open_files(settings.http));
  report.add(check_memory(settings.engine));
  const std::string sink = flags.sink.empty() ? settings.engine.default_sink : flags.sink;
  if (!sink.empty()) report.add(check_sink(absolute_sink(sink), kReachable));
  return report.failed() ? kFailed : kDone;
}

} // namespace

void add_doctor(Command& parent) {
  const auto flags = std::make_shared<DoctorFlags>();
  auto command = parent.command("doctor", "Checks configuration, data directory, machine and sinks.");
  command.text("--sink", flags->sink, "SINK", "Check this sink, too.")
      .flag("--verify", flags->verify, "Read every stored block and check its checksum.");
  add_connection_flags(command, flags->connection);
  command.epilogue("Exit code 1 if any check fails.").action([flags] { return run_doctor(*flags); });
}

} // namespace circuit::cli
