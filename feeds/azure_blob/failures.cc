// What Azure's refusals mean. The code is in x-ms-error-code, and in the body's Code where an answer is not
// the service's own (an emulator, a proxy).

#include <algorithm>
#include <cstdlib>

#include "feeds/azure_blob/client.h"
#include "ingest/text/dates.h"

namespace circuit::feeds::azure_blob {
namespace {

constexpr auto kAllowedSkew = std::chrono::minutes(15); // "Authorize with Shared Key": x-ms-date

std::string error_code(const http::Response& response) {
  std::string code(response.headers.get("x-ms-error-code"));
  if (code.empty()) {
    constexpr std::string_view kOpen = "<Code>";
    const size_t begin = response.body.find(kOpen);
    const size_t end = begin == std::string::npos ? begin : response.body.find("</Code>", begin);
    if (end != std::string::npos)
      code = response.body.substr(begin + kOpen.size(), end - begin - kOpen.size());
  }
  const bool is_word = code.size() <= 64 && std::ranges::all_of(code, [](char c) {
                         return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
                       });
  return is_word ? code : "";
}

// A request whose date is far from the service's clock fails as one with a wrong key does.
std::optional<Error> clock_error(const http::Response& response, const std::string& said,
                                 std::optional<SystemTime> asked_at) {
  const auto theirs = text::parse_http_date(response.headers.get("Date"));
  const bool said_so = response.body.find("date header") != std::string::npos;
  const bool apart = theirs && asked_at && std::chrono::abs(*theirs - *asked_at) > kAllowedSkew;
  // A sync that has run for long began long before the answer: only a clock that is ahead is told by it.
  const bool ahead = apart && *theirs < *asked_at;
  if (!said_so && !ahead) return std::nullopt;
  return make_error(ErrorClass::kInvalid, "AZURE_CLOCK_WRONG",
                    said + " because the clock of this machine is wrong" +
                        (theirs ? ": there it is " + text::format_rfc3339(*theirs) : std::string()),
                    "Set the clock (NTP); Azure allows 15 minutes of difference.");
}

Error forbidden(const http::Response& response, const std::string& code, const std::string& said,
                std::optional<SystemTime> asked_at) {
  if (code == "AuthenticationFailed" || code == "InvalidAuthenticationInfo" ||
      code == "NoAuthenticationInformation" || response.status == 401) {
    if (auto clock = clock_error(response, said, asked_at)) return *std::move(clock);
    return make_error(
        ErrorClass::kAuth, "AZURE_KEY_REFUSED", said,
        "Check that the account's name is right and that its key was not rotated or its signature "
        "has not expired, and connect again with a current one.");
  }
  if (code == "KeyBasedAuthenticationNotPermitted") {
    return make_error(
        ErrorClass::kAuth, "AZURE_SHARED_KEY_DISABLED", said,
        "Allow storage account key access in the account's configuration, or connect with a user "
        "delegation SAS.");
  }
  if (code == "AccountIsDisabled") {
    return make_error(ErrorClass::kPermission, "AZURE_ACCOUNT_DISABLED", said,
                      "Ask the owner of the subscription; the storage account is disabled.");
  }
  if (code == "AuthorizationFailure" || code == "AuthorizationSourceIPMismatch") {
    return make_error(
        ErrorClass::kPermission, "AZURE_FORBIDDEN", said,
        "Let this machine's address through the storage account's firewall (Networking), and check "
        "which resources a shared access signature is for.");
  }
  return make_error(
      ErrorClass::kPermission, "AZURE_FORBIDDEN", said,
      "Give the shared access signature the permissions Read and List for containers and objects.");
}

Error conflict(const std::string& code, const std::string& said) {
  if (code == "BlobArchived" || code == "BlobBeingRehydrated") {
    return make_error(ErrorClass::kInvalid, "AZURE_BLOB_ARCHIVED", said,
                      "Bring the blob back from the archive tier to have its content.");
  }
  if (code == "ContainerDisabled") {
    return make_error(ErrorClass::kPermission, "AZURE_FORBIDDEN", said,
                      "Ask the account's administrator, who has disabled the container.");
  }
  if (code == "ContainerBeingDeleted") {
    return make_error(ErrorClass::kNotFound, "AZURE_CONTAINER_NOT_FOUND", said,
                      "Nothing to do: it is being deleted.");
  }
  if (code.starts_with("Blob")) {
    return make_error(
        ErrorClass::kInvalid, "AZURE_BLOB_UNREADABLE", said,
        "A blob that is encrypted with a key given by its writer cannot be read with the account's.");
  }
  return make_error(
      ErrorClass::kInvalid, "AZURE_REQUEST_REFUSED", said,
      "Check the selection; versions and snapshots are not to be had from every kind of account.");
}

} // namespace

Error endless(const std::string& what) {
  return make_error(ErrorClass::kTransient, "AZURE_BAD_ANSWER",
                    "Azure's pages of " + what + " lead back to themselves",
                    "Nothing to do: it is tried again. If it stays, check the connection's base_url.");
}

Error failure(const http::Response& response, const std::string& what, std::optional<SystemTime> asked_at) {
  const std::string code = error_code(response);
  const std::string said = "Azure answered " + std::to_string(response.status) +
                           (code.empty() ? std::string() : " " + code) + " to " + what;
  const auto made = [&]() -> Error {
    switch (response.status) {
      case 400:
        if (code == "InvalidHeaderValue") break;
        return make_error(ErrorClass::kInvalid, "AZURE_REQUEST_REFUSED", said,
                          "Check the selection's prefixes; if they are right, report this.");
      case 401:
      case 403:
        if (code.find("CustomerSpecifiedEncryption") != std::string::npos) return conflict(code, said);
        return forbidden(response, code, said, asked_at);
      case 404:
        if (code == "BlobNotFound") {
          return make_error(ErrorClass::kNotFound, "AZURE_BLOB_NOT_FOUND", said,
                            "Nothing to do: it was deleted in the meantime.");
        }
        if (code == "ContainerNotFound") {
          return make_error(ErrorClass::kNotFound, "AZURE_CONTAINER_NOT_FOUND", said,
                            "Check the container's name and the account.");
        }
        break; // somebody else's 404, or another resource's: it proves nothing
      case 409:
        return conflict(code, said);
      case 412:
      case 416:
        return make_error(ErrorClass::kConflict, "AZURE_BLOB_CHANGED", said,
                          "Nothing to do: it is listed and read again.");
      default:
        break;
    }
    if (response.status >= 500 || response.status == 408 || response.status == 429) {
      return make_error(ErrorClass::kTransient, "AZURE_SERVER_ERROR", said,
                        "Nothing to do: it is tried again.");
    }
    return make_error(ErrorClass::kInvalid, "AZURE_UNEXPECTED_STATUS", said,
                      "Check the connection's base_url; if it is right, report this.");
  }();
  Error error = made;
  if (!code.empty()) error.metadata["code"] = code;
  if (const auto id = response.headers.get("x-ms-request-id"); !id.empty() && id.size() <= 64)
    error.metadata["request_id"] = std::string(id);
  return error;
}

} // namespace circuit::feeds::azure_blob
