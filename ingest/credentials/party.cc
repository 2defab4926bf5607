#include "ingest/credentials/party.h"

namespace circuit::credentials {

Result<MethodOfProvider> find_method(const ConnectionsSeams& seams, const std::string& provider,
                                     const std::string& method) {
  for (size_t i = 0; i < seams.profiles.size(); ++i) {
    const Profile& profile = seams.profiles[i];
    if (profile.provider != provider) continue;
    if (const Method* found = profile.find_method(method)) return MethodOfProvider{&profile, found, i};
    return make_error(ErrorClass::kInvalid, "METHOD_UNKNOWN",
                      profile.display_name + " is not connected by \"" + method.substr(0, 60) + "\"",
                      "Get the provider to see its methods of authorization.");
  }
  return make_error(ErrorClass::kInvalid, "PROVIDER_UNKNOWN",
                    "This worker has no provider \"" + provider.substr(0, 60) + "\"",
                    "List the providers to see what there is.");
}

Result<ConnectionParty> ConnectionParty::of(const ConnectionsSeams& seams, const std::string& provider,
                                            const std::string& method,
                                            const std::map<std::string, std::string>& parameters,
                                            const std::map<std::string, std::string>& properties,
                                            const Secret* client_secret) {
  auto found = find_method(seams, provider, method);
  if (!found) return std::move(found).error();
  auto own = std::make_unique<OAuthApplication>();
  const OAuthApplication* application = nullptr;
  if (const auto id = parameters.find("client_id"); id != parameters.end() && !id->second.empty()) {
    own->client_id = id->second;
    if (client_secret) own->client_secret = client_secret->copy();
  } else {
    application = seams.application ? seams.application(provider) : nullptr;
    if (!application && found->method->oauth) {
      return make_error(ErrorClass::kInvalid, "CLIENT_NOT_CONFIGURED",
                        "This worker has no application at " + found->profile->display_name,
                        "Configure the client id and secret of an application that is registered there.")
          .with("provider", provider);
    }
  }
  if (!application) application = own.get();
  auto values = template_values(*found->profile, *found->method, parameters, properties);
  values.insert_or_assign("client_id", application->client_id);
  return ConnectionParty(std::move(own),
                         OAuthParty{*found->profile, *found->method, *application, std::move(values)});
}

Result<ConnectionParty> ConnectionParty::of(const ConnectionsSeams& seams, const StoredConnection& connection,
                                            const Secret* client_secret) {
  const v1::Connection& settings = connection.settings();
  return of(seams, settings.provider(), settings.method(), to_map(settings.parameters()),
            to_map(connection.state.properties()), client_secret);
}

} // namespace circuit::credentials
