#include "ingest/sync/names.h"

#include <algorithm>
#include <cctype>

#include "ingest/runtime/digest.h"
#include "ingest/state/records.h"
#include "ingest/text/url.h"

namespace circuit::sync {
namespace {

constexpr size_t kMaxIdLength = 63;

bool is_id(std::string_view id) {
  return !id.empty() && id.size() <= kMaxIdLength && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

Result<void> check_name(const std::string& name, std::string_view collection, const char* reason) {
  if (name.starts_with(collection) && is_id(std::string_view(name).substr(collection.size()))) return {};
  const std::string form = std::string(collection) + "{id}";
  return make_error(ErrorClass::kInvalid, reason,
                    "\"" + name.substr(0, 100) + "\" is not of the form " + form,
                    "Use 1 to 63 of a-z, 0-9 and - after \"" + std::string(collection) + "\".");
}

} // namespace

Result<void> check_feed_name(const std::string& name) {
  return check_name(name, "feeds/", "FEED_NAME_MALFORMED");
}
Result<void> check_sync_name(const std::string& name) {
  return check_name(name, "syncs/", "SYNC_NAME_MALFORMED");
}

std::string feed_name_for(const std::string& provider, const std::string& identity) {
  constexpr size_t kReadable = 40;
  std::string shown = identity.substr(0, identity.find('\0'));
  if (shown.starts_with("http://") || shown.starts_with("https://")) shown = text::loggable_url(shown);
  std::string readable;
  for (const char c : shown) {
    const auto lower = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const bool plain = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
    if (plain) readable += lower;
    if (!plain && !readable.empty() && readable.back() != '-') readable += '-';
    if (readable.size() >= kReadable) break;
  }
  while (!readable.empty() && readable.back() == '-') readable.pop_back();
  return "feeds/" + provider.substr(0, 12) + "-" + (readable.empty() ? "" : readable + "-") +
         to_hex(sha256(identity)).substr(0, 8);
}

std::string new_sync_name(SystemTime now, Random& random) {
  static constexpr char kAlphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
  uint64_t left = static_cast<uint64_t>(INT64_MAX - now.time_since_epoch().count());
  std::string id(13, '0');
  for (auto it = id.rbegin(); it != id.rend(); ++it) {
    *it = kAlphabet[left & 31];
    left >>= 5;
  }
  return "syncs/" + id + random.id().substr(0, 7);
}

std::string settings_etag(const circuit::feeds::v1::Feed& settings) {
  circuit::feeds::v1::Feed copy = settings;
  copy.clear_etag();
  copy.clear_updated_at();
  return to_hex(sha256(state::serialize(copy))).substr(0, 16);
}

} // namespace circuit::sync
