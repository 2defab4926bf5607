#include "feeds/azure_blob/signer.h"

#include "feeds/azure_blob/shared_key.h"

namespace circuit::feeds::azure_blob {
namespace {

Error missing(std::string_view what) {
  return make_error(ErrorClass::kAuth, "AZURE_SECRET_MISSING",
                    "The connection has no " + std::string(what) + " to authorize with",
                    "Connect the storage account again with it.")
      .with("secret", std::string(what));
}

} // namespace

Result<void> authorize(http::Request& request, const circuit::feeds::v1::Connection& connection,
                       const credentials::Credential& credential, SystemTime now) {
  const bool second = request.headers.has(kSecondKeyHeader);
  request.headers.remove(kSecondKeyHeader);
  if (connection.method() == "sas") {
    const credentials::Secret* sas = second ? nullptr : credential.find("sas");
    if (sas == nullptr) return missing("sas");
    return append_sas(request, sas->reveal(), now);
  }
  const std::string_view name = second ? "secondary_key" : "key";
  const credentials::Secret* key = credential.find(name);
  const auto account = connection.parameters().find("account");
  if (key == nullptr || key->empty()) return missing(name);
  if (account == connection.parameters().end()) return missing("account");
  return sign(request, account->second, key->reveal(), now);
}

} // namespace circuit::feeds::azure_blob
