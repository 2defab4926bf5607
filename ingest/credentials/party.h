#pragma once
// A connection as the OAuth client sees it, with all that it refers to. Private to this box.

#include <memory>
#include <string>

#include "ingest/credentials/connection_records.h"
#include "ingest/credentials/connections.h"
#include "ingest/credentials/oauth.h"

namespace circuit::credentials {

class ConnectionParty {
 public:
  // `credential` has the client secret where the connection brings an application of its own; may be null.
  // INVALID PROVIDER_UNKNOWN, METHOD_UNKNOWN, CLIENT_NOT_CONFIGURED.
  static Result<ConnectionParty> of(const ConnectionsSeams& seams, const std::string& provider,
                                    const std::string& method,
                                    const std::map<std::string, std::string>& parameters,
                                    const std::map<std::string, std::string>& properties,
                                    const Secret* client_secret);
  static Result<ConnectionParty> of(const ConnectionsSeams& seams, const StoredConnection& connection,
                                    const Secret* client_secret);

  const OAuthParty& operator*() const { return party_; }
  const OAuthParty* operator->() const { return &party_; }

 private:
  ConnectionParty(std::unique_ptr<OAuthApplication> own, OAuthParty party)
      : own_(std::move(own)), party_(std::move(party)) {}

  std::unique_ptr<OAuthApplication> own_;
  OAuthParty party_;
};

// INVALID PROVIDER_UNKNOWN, METHOD_UNKNOWN.
struct MethodOfProvider {
  const Profile* profile;
  const Method* method;
  size_t lane; // of its provider, for Flights
};
Result<MethodOfProvider> find_method(const ConnectionsSeams& seams, const std::string& provider,
                                     const std::string& method);

template <class Map>
std::map<std::string, std::string> to_map(const Map& map) {
  return {map.begin(), map.end()};
}

} // namespace circuit::credentials
