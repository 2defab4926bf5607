// circuit-feeds providers [NAME]

#include <memory>

#include "config/catalog.h"
#include "config/units.h"
#include "ingest/cli/commands.h"
#include "ingest/cli/exit_code.h"
#include "ingest/cli/output.h"

namespace circuit::cli {
namespace {

struct ProviderFlags {
  bool json = false;
};

std::string show_limits(const config::RateLimits& limits) {
  return show_count(static_cast<int64_t>(limits.requests_per_second)) + " requests a second to one host, " +
         show_count(static_cast<int64_t>(limits.concurrent_requests)) + " of them side by side";
}

void show_entry(const config::CatalogEntry& entry) {
  const auto& provider = entry.description;
  std::string hosts;
  for (const auto& host : provider.egress_hosts()) hosts += (hosts.empty() ? "" : ", ") + host;
  if (hosts == "*") hosts = "those of the addresses that you give";
  print_fields({{"provider", provider.name()},
                {"called", provider.display_name()},
                {"reads", provider.reads()},
                {"writes", provider.writes()},
                {"authorization", provider.authorization()},
                {"connects to", hosts},
                {"at most", show_limits(entry.limits)},
                {"poll every",
                 config::format_duration(entry.poll_interval) + ", unless the source asks for another"}});
  std::printf("selection:\n");
  for (const auto& field : provider.selection_fields()) {
    std::printf("  %s%s  %s\n", field.name().c_str(), field.required() ? " (required)" : "",
                field.description().c_str());
  }
}

int list_providers(const ProviderFlags& flags) {
  const auto entries = config::load_catalog();
  if (!entries) {
    print_error(entries.error(), flags.json);
    return kFailed;
  }
  for (const auto& entry : *entries) {
    if (flags.json)
      print_json(entry.description);
    else
      show_entry(entry);
  }
  return kDone;
}

} // namespace

void add_providers(Command& parent) {
  const auto flags = std::make_shared<ProviderFlags>();
  parent.command("providers", "Says what documents can be pulled from, and how.")
      .flag("--json", flags->json, "Print JSON, one object a line.")
      .action([flags] { return list_providers(*flags); });
}

} // namespace circuit::cli
