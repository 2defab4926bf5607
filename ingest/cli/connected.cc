#include "ingest/cli/connected.h"

#include <map>
#include <utility>

#include "config/applications.h"
#include "feeds/azure_blob/signer.h"

namespace circuit::cli {

struct Connected::Parts {
  std::map<std::string, credentials::OAuthApplication> applications; // by provider
  std::unique_ptr<credentials::Connections> connections;
  std::unique_ptr<accounts::Accounts> accounts;
};

Connected::Connected(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Connected::~Connected() = default;

Result<std::unique_ptr<Connected>> Connected::make(ConnectedSeams seams,
                                                   const std::vector<config::CatalogEntry>& catalog,
                                                   const config::WorkerConfig& config) {
  auto parts = std::make_unique<Parts>();
  std::vector<config::Application> applications;
  if (!config.credentials.applications_file.empty()) {
    auto loaded = config::load_applications(config.credentials.applications_file);
    if (!loaded) return std::move(loaded).error();
    applications = *std::move(loaded);
  }
  credentials::ConnectionsSeams keeping{
      seams.loop, seams.random, seams.store, seams.http.throttle(), seams.vault, {}, {}, {}, seams.warning};
  // Providers with a way of their own to authorize a request.
  keeping.signers = {{"azure-blob/shared-key", feeds::azure_blob::authorize},
                     {"azure-blob/sas", feeds::azure_blob::authorize}};
  for (const auto& entry : catalog) {
    keeping.profiles.push_back(entry.profile);
    for (auto& application : applications) {
      if (application.provider != entry.description.name()) continue;
      config::apply_overrides(application.overrides, keeping.profiles.back());
      if (application.client_id.empty()) continue;
      parts->applications[application.provider] = {application.client_id,
                                                   std::move(application.client_secret)};
    }
  }
  keeping.application = [known = &parts->applications](const std::string& provider) {
    const auto found = known->find(provider);
    return found == known->end() ? nullptr : &found->second;
  };
  credentials::ConnectionsOptions options;
  options.allow_private = config.http.allow_private;
  parts->connections = std::make_unique<credentials::Connections>(std::move(keeping), options);
  seams.http.auth().use(*parts->connections);
  parts->accounts = std::make_unique<accounts::Accounts>(accounts::AccountsSeams{
      seams.loop, seams.engine, *parts->connections, seams.http, seams.providers, seams.warning});
  return std::unique_ptr<Connected>(new Connected(std::move(parts)));
}

accounts::Accounts& Connected::accounts() { return *parts_->accounts; }
Task<Result<void>> Connected::start_before_engine() { return parts_->connections->start(); }
Task<Result<void>> Connected::start_after_engine() { return parts_->accounts->start(); }
Task<void> Connected::stop_before_engine() { return parts_->accounts->stop(); }
Task<void> Connected::stop_after_engine() { return parts_->connections->stop(); }

} // namespace circuit::cli
