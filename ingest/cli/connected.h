#pragma once
// The part of a worker's object graph that connections need: the operator's applications over the catalog's
// profiles, who keeps the credentials, and who joins them with the engine. Belongs to the composition root.

#include <functional>
#include <memory>
#include <vector>

#include "config/catalog.h"
#include "config/schema.h"
#include "ingest/accounts/accounts.h"
#include "ingest/http/stack.h"
#include "ingest/runtime/random.h"

namespace circuit::cli {

struct ConnectedSeams {
  Loop& loop;
  Random& random;
  state::StateStore& store;
  http::HttpStack& http;
  credentials::Vault& vault;
  sync::Engine& engine;
  std::vector<const sync::Provider*> providers;
  std::function<void(const Error&)> warning;
};

class Connected {
 public:
  // Errors of the operator's file of applications (config/applications.h). From here on the HTTP layers
  // authorize requests.
  static Result<std::unique_ptr<Connected>> make(ConnectedSeams seams,
                                                 const std::vector<config::CatalogEntry>& catalog,
                                                 const config::WorkerConfig& config);
  ~Connected();

  accounts::Accounts& accounts();
  // Around the engine's: its feeds need credentials from their first request to their last.
  Task<Result<void>> start_before_engine();
  Task<Result<void>> start_after_engine();
  Task<void> stop_before_engine();
  Task<void> stop_after_engine();

 private:
  struct Parts;
  explicit Connected(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

} // namespace circuit::cli
