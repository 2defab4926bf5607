#include "ingest/credentials/settings.h"

#include <algorithm>

#include "ingest/runtime/digest.h"
#include "ingest/text/url.h"

namespace circuit::credentials {
namespace {

constexpr size_t kMostSecretBytes = 64 << 10;

Error invalid(std::string reason, std::string message, std::string next_step) {
  return make_error(ErrorClass::kInvalid, std::move(reason), std::move(message), std::move(next_step));
}

Result<void> check_name(const std::string& name) {
  constexpr std::string_view kCollection = "connections/";
  constexpr size_t kMostId = 63;
  const std::string_view id = std::string_view(name).substr(std::min(name.size(), kCollection.size()));
  const bool good = name.starts_with(kCollection) && !id.empty() && id.size() <= kMostId &&
                    std::ranges::all_of(id, [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
                    });
  if (good) return {};
  return invalid("CONNECTION_NAME_INVALID",
                 "\"" + name.substr(0, 100) + "\" is not of the form connections/{id}",
                 "Use 1 to 63 of a-z, 0-9 and - after \"connections/\".");
}

const Field* find_field(const Method& method, const std::string& name) {
  const auto found = std::ranges::find(method.fields, name, &Field::name);
  return found == method.fields.end() ? nullptr : &*found;
}

std::string field_names(const Method& method, bool secret) {
  std::string names;
  for (const Field& field : method.fields) {
    if (field.secret == secret) names += (names.empty() ? "" : ", ") + field.name;
  }
  return names.empty() ? "none" : names;
}

Result<void> check_parameters(const Method& method, const v1::Connection& settings) {
  for (const auto& [name, value] : settings.parameters()) {
    const Field* field = find_field(method, name);
    if (!field || field->secret) {
      return invalid("CONNECTION_PARAMETER_UNKNOWN",
                     "The method \"" + method.name + "\" has no parameter \"" + name.substr(0, 60) + "\"",
                     "Its parameters are: " + field_names(method, false) + ".");
    }
    auto checked = check_value(*field, value);
    if (!checked) return checked;
  }
  for (const Field& field : method.fields) {
    if (field.secret || !field.required || !field.default_value.empty()) continue;
    const auto given = settings.parameters().find(field.name);
    if (given != settings.parameters().end() && !given->second.empty()) continue;
    auto missing = invalid("CONNECTION_PARAMETER_MISSING",
                           "The method \"" + method.name + "\" needs the parameter \"" + field.name + "\"",
                           "Give it: " + field.description + ".");
    return std::move(missing).with("field", field.name);
  }
  return {};
}

// An address that the connection chooses for itself gets its credential: it must be one that can.
Result<void> check_base_url(const v1::Connection& settings) {
  const auto base = settings.parameters().find("base_url");
  if (base == settings.parameters().end() || base->second.empty()) return {};
  const auto parts = text::split_url(base->second);
  const bool web = parts && (parts->scheme == "https" || parts->scheme == "http") && !parts->host.empty();
  if (web && parts->user_info.empty() && parts->query.empty() && parts->fragment.empty()) return {};
  return invalid("CONNECTION_PARAMETER_INVALID", "base_url is not the address of a server",
                 "Give scheme, host and, where needed, a path, such as https://wiki.example.com.")
      .with("field", "base_url");
}

Result<void> check_capabilities(const Method& method, const v1::Connection& settings) {
  for (const std::string& capability : settings.capabilities()) {
    const bool known = std::ranges::any_of(
        method.scopes, [&](const Scope& scope) { return scope.capability == capability; });
    if (known) continue;
    return invalid(
        "CAPABILITY_UNKNOWN",
        "The method \"" + method.name + "\" has no capability \"" + capability.substr(0, 60) + "\"",
        "Get the provider to see its capabilities.");
  }
  return {};
}

Result<void> check_labels(const v1::Connection& settings) {
  constexpr int kMostLabels = 64;
  constexpr size_t kMostLength = 63;
  bool good = settings.labels_size() <= kMostLabels;
  for (const auto& [key, value] : settings.labels())
    good &= key.size() <= kMostLength && value.size() <= kMostLength;
  if (good) return {};
  return invalid("LABELS_TOO_LARGE", "The connection has more than 64 labels, or one of more than 63 bytes",
                 "Use fewer or shorter labels.");
}

v1::Connection only_settings(const v1::Connection& given) {
  v1::Connection settings;
  settings.set_name(given.name());
  settings.set_provider(given.provider());
  settings.set_method(given.method());
  *settings.mutable_parameters() = given.parameters();
  *settings.mutable_capabilities() = given.capabilities();
  *settings.mutable_labels() = given.labels();
  return settings;
}

} // namespace

Result<MethodOfProvider> canonicalize(const ConnectionsSeams& seams, v1::Connection& settings) {
  settings = only_settings(settings);
  auto found = find_method(seams, settings.provider(), settings.method());
  if (!found) return found;
  settings.set_method(found->method->name);
  for (const auto& checked : {check_parameters(*found->method, settings), check_base_url(settings),
                              check_capabilities(*found->method, settings), check_labels(settings)}) {
    if (!checked) return checked.error();
  }
  if (settings.name().empty()) {
    constexpr size_t kReadable = 40, kRandom = 12;
    settings.set_name("connections/" + settings.provider().substr(0, kReadable) + "-" +
                      seams.random.id().substr(0, kRandom));
  }
  if (auto checked = check_name(settings.name()); !checked) return checked.error();
  return found;
}

Result<Credential> take_secrets(const Method& method, v1::ConnectionSecrets& secrets) {
  Credential credential;
  std::optional<Error> failure;
  for (auto& [name, value] : *secrets.mutable_values()) {
    const Field* field = find_field(method, name);
    if (!field || !field->secret) {
      failure = invalid("SECRET_UNKNOWN",
                        "The method \"" + method.name + "\" has no secret \"" + name.substr(0, 60) + "\"",
                        "Its secrets are: " + field_names(method, true) + ".");
    } else if (value.size() > kMostSecretBytes) {
      failure = invalid("SECRET_TOO_LARGE", "The secret \"" + name + "\" is longer than 64 KiB",
                        "Give the secret itself.");
    } else if (!value.empty()) {
      credential.secrets.insert_or_assign(name, Secret(value));
    }
    wipe(value);
  }
  if (failure) return *std::move(failure);
  for (const Field& field : method.fields) {
    if (!field.secret || !field.required || credential.find(field.name)) continue;
    return invalid("SECRET_MISSING",
                   "The method \"" + method.name + "\" needs the secret \"" + field.name + "\"",
                   "Give it: " + field.description + ".")
        .with("field", field.name);
  }
  return credential;
}

bool same_connection(const v1::Connection& a, const v1::Connection& b) {
  return a.provider() == b.provider() && a.method() == b.method() &&
         to_map(a.parameters()) == to_map(b.parameters());
}

std::string settings_etag(const v1::Connection& settings) {
  constexpr size_t kDigits = 16;
  return to_hex(sha256(state::serialize(only_settings(settings)))).substr(0, kDigits);
}

Result<void> check_etag(const v1::Connection& stored, const std::string& etag) {
  if (etag.empty() || etag == stored.etag()) return {};
  return make_error(ErrorClass::kConflict, "ETAG_MISMATCH", stored.name() + " was changed since it was read",
                    "Get it again, and repeat the change on what it is now.");
}

Error connection_exists(const std::string& name) {
  auto taken = make_error(ErrorClass::kConflict, "CONNECTION_EXISTS",
                          name + " exists, for another provider, method or account",
                          "Delete it, or choose another name.");
  return std::move(taken).with("connection", name);
}

void renew_settings(StoredConnection& stored, const v1::Connection& wanted, SystemTime now) {
  v1::Connection& settings = *stored.record.mutable_settings();
  if (wanted.capabilities_size() > 0) *settings.mutable_capabilities() = wanted.capabilities();
  if (wanted.labels_size() > 0) *settings.mutable_labels() = wanted.labels();
  settings.set_etag(settings_etag(settings));
  *settings.mutable_updated_at() = state::to_timestamp(now);
}

StoredConnection new_connection(v1::Connection settings, SystemTime now) {
  StoredConnection made;
  settings.set_etag(settings_etag(settings));
  *settings.mutable_created_at() = state::to_timestamp(now);
  *settings.mutable_updated_at() = settings.created_at();
  *made.record.mutable_settings() = std::move(settings);
  made.state.set_state(v1::Connection::PENDING);
  return made;
}

} // namespace circuit::credentials
