// circuit-feeds providers [show NAME | egress | document --out DIR]

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>

#include "config/catalog.h"
#include "config/documentation.h"
#include "config/suggest.h"
#include "ingest/cli/commands.h"
#include "ingest/cli/exit_code.h"
#include "ingest/cli/output.h"
#include "ingest/cli/show_provider.h"
#include "ingest/cli/worker.h"

namespace circuit::cli {
namespace {

using Catalog = std::vector<config::CatalogEntry>;

struct ProviderFlags {
  bool json = false;
  std::string name;
  std::vector<std::string> names;
  std::string out;
};

int fail(const Error& error, const ProviderFlags& flags) {
  print_error(error, flags.json);
  return exit_code_of(error);
}

Error unknown_provider(const Catalog& catalog, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& entry : catalog) names.push_back(entry.description.name());
  return make_error(ErrorClass::kInvalid, "PROVIDER_UNKNOWN",
                    "There is no provider \"" + name.substr(0, 100) + "\"",
                    "`circuit-feeds providers` lists what there is." + config::did_you_mean(name, names));
}

// Runs `action` on the catalog.
template <class Action>
int with_catalog(const ProviderFlags& flags, Action action) {
  const auto catalog = config::load_catalog(implemented_providers());
  return catalog ? action(*catalog) : fail(catalog.error(), flags);
}

std::string pulled(const circuit::feeds::v1::Provider& provider) {
  if (provider.available()) return "yes";
  return provider.pulled_later() ? "later" : "not by this version";
}

int list_providers(const ProviderFlags& flags) {
  return with_catalog(flags, [&](const Catalog& catalog) {
    std::vector<std::vector<std::string>> rows = {
        {"PROVIDER", "CALLED", "PULLED", "READS", "WRITES", "AUTHORIZATION"}};
    for (const auto& entry : catalog) {
      const auto& provider = entry.description;
      if (flags.json) print_json(provider);
      std::string methods;
      for (const auto& method : provider.methods()) methods += (methods.empty() ? "" : ", ") + method.name();
      rows.push_back({provider.name(), provider.display_name(), pulled(provider), provider.reads(),
                      provider.writes(), methods.empty() ? "none" : methods});
    }
    if (!flags.json) print_table(rows);
    return kDone;
  });
}

int show_provider(const ProviderFlags& flags) {
  return with_catalog(flags, [&](const Catalog& catalog) {
    const auto* entry = config::find_entry(catalog, flags.name);
    if (entry == nullptr) return fail(unknown_provider(catalog, flags.name), flags);
    if (flags.json)
      print_json(entry->description);
    else
      show_entry(*entry, pulled(entry->description));
    return kDone;
  });
}

int print_egress(const ProviderFlags& flags) {
  return with_catalog(flags, [&](const Catalog& catalog) {
    Catalog chosen;
    for (const auto& name : flags.names) {
      const auto* entry = config::find_entry(catalog, name);
      if (entry == nullptr) return fail(unknown_provider(catalog, name), flags);
      chosen.push_back(*entry);
    }
    std::vector<std::vector<std::string>> rows = {{"HOST", "FOR"}};
    for (const auto& [host, providers] : config::egress_by_host(flags.names.empty() ? catalog : chosen)) {
      std::string names, quoted;
      for (const auto& name : providers) {
        names += (names.empty() ? "" : ", ") + name;
        quoted += (quoted.empty() ? "" : ",") + json_string(name);
      }
      if (flags.json)
        std::printf("{\"host\":%s,\"port\":443,\"providers\":[%s]}\n", json_string(host).c_str(),
                    quoted.c_str());
      rows.push_back({host, names});
    }
    if (!flags.json) print_table(rows);
    return kDone;
  });
}

Error not_writable(const std::string& path, const std::string& why) {
  return make_error(ErrorClass::kInvalid, "OUTPUT_NOT_WRITABLE", path + " cannot be written: " + why,
                    "Give a folder that this user may write to.");
}

int document_providers(const ProviderFlags& flags) {
  return with_catalog(flags, [&](const Catalog& catalog) {
    std::error_code error;
    std::filesystem::create_directories(flags.out, error);
    if (error) return fail(not_writable(flags.out, error.message()), flags);
    for (const auto& [name, text] : config::provider_documentation(catalog)) {
      const std::string path = flags.out + "/" + name;
      std::ofstream file(path, std::ios::binary | std::ios::trunc);
      if (!(file << text).flush()) return fail(not_writable(path, std::strerror(errno)), flags);
    }
    return kDone;
  });
}

} // namespace

void add_providers(Command& parent) {
  const auto flags = std::make_shared<ProviderFlags>();
  const std::string json = "Print JSON, one object a line.";
  auto providers = parent.command("providers", "Says what documents can be pulled from, and how.");
  providers.command("show", "Says all about one: scopes, approval, where to revoke, hosts, selection.")
      .argument("NAME", flags->name, "The provider's catalog id, such as github.")
      .flag("--json", flags->json, json)
      .action([flags] { return show_provider(*flags); });
  providers.command("egress", "Prints the hosts that a network has to let through.")
      .texts("--provider", flags->names, "NAME", "Only for this one; may be repeated.")
      .flag("--json", flags->json, json)
      .action([flags] { return print_egress(*flags); });
  providers.command("document", "Writes a page for each, as in docs/providers.")
      .required_text("--out", flags->out, "DIR", "The folder, made if it is not there.")
      .action([flags] { return document_providers(*flags); });
  providers.flag("--json", flags->json, json).action([flags] { return list_providers(*flags); });
}

} // namespace circuit::cli
