#include "tests/providers/azure_blob/simulator.h"

#include <algorithm>
#include <charconv>

#include "tests/providers/azure_blob/listing_xml.h"
#include "tests/providers/azure_blob/signature_check.h"
#include "tests/providers/http_date.h"

namespace circuit::providers::azure_blob {
namespace {

SimResponse refusal(int status, const std::string& code, const std::string& detail = "") {
  auto response = text_response(status, "application/xml",
                                "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>" + code +
                                    "</Code><Message>No.</Message><AuthenticationErrorDetail>" + detail +
                                    "</AuthenticationErrorDetail></Error>");
  response.fields.emplace_back("x-ms-error-code", code);
  return response;
}

constexpr char kOrderMark = '\x01'; // before what orders the entries of one name

// nullopt: outside of its bounds.
std::optional<size_t> page_size(const SimRequest& request) {
  constexpr size_t kMost = 5000;
  const auto given = request.query("maxresults");
  if (!given) return kMost;
  int64_t value = 0;
  const auto [end, code] = std::from_chars(given->data(), given->data() + given->size(), value);
  if (code != std::errc() || end != given->data() + given->size() || value < 1) return std::nullopt;
  return std::min(static_cast<size_t>(value), kMost);
}

bool includes(const SimRequest& request, std::string_view what) {
  const std::string list = "," + request.query("include").value_or("") + ",";
  return list.find("," + std::string(what) + ",") != std::string::npos;
}

// A name's entries, its past before its present.
std::vector<ListedBlob> entries_of(const std::string& name, const std::vector<PastBlob>* past,
                                   const SimBlob* present, const SimRequest& request) {
  std::vector<ListedBlob> out;
  const auto add = [&](ListedBlob entry, const std::string& order) {
    entry.name = name;
    entry.key = name + kOrderMark + order;
    out.push_back(std::move(entry));
  };
  if (past != nullptr) {
    for (const PastBlob& one : *past) {
      if (one.kind == PastBlob::kSnapshot && includes(request, "snapshots"))
        add({.name = {}, .blob = &one.blob, .snapshot = one.id}, one.id);
      if (one.kind == PastBlob::kVersion && includes(request, "versions"))
        add({.name = {}, .blob = &one.blob, .version_id = one.id}, one.id);
      if (one.kind == PastBlob::kDeleted && includes(request, "deleted"))
        add({.name = {}, .blob = &one.blob, .deleted = true}, "x");
    }
  }
  if (present != nullptr) {
    const std::string version = includes(request, "versions") ? present->version_id : "";
    add({.name = {}, .blob = present, .version_id = version, .current = true}, "z");
  }
  std::ranges::sort(out, {}, &ListedBlob::key);
  return out;
}

// Hands the names of a container in order, from the first that is not before `from`, until `take` has enough.
void walk(const World::Container& container, const std::string& from, const SimRequest& request,
          const std::function<bool(ListedBlob)>& take) {
  auto blob = container.blobs.lower_bound(from);
  auto past = container.past.lower_bound(from);
  while (blob != container.blobs.end() || past != container.past.end()) {
    const bool has_past =
        past != container.past.end() && (blob == container.blobs.end() || past->first <= blob->first);
    const bool has_present = blob != container.blobs.end() && (!has_past || past->first == blob->first);
    const std::string& name = has_past ? past->first : blob->first;
    auto entries =
        entries_of(name, has_past ? &past->second : nullptr, has_present ? &blob->second : nullptr, request);
    for (ListedBlob& entry : entries) {
      if (!take(std::move(entry))) return;
    }
    if (has_past) ++past;
    if (has_present) ++blob;
  }
}

struct Range {
  uint64_t first = 0, last = 0;
};

std::optional<Range> read_range(const std::string& text) {
  Range range;
  constexpr std::string_view kUnit = "bytes=";
  if (text.rfind(kUnit, 0) != 0) return std::nullopt;
  const auto dash = text.find('-');
  if (dash == std::string::npos) return std::nullopt;
  std::from_chars(text.data() + kUnit.size(), text.data() + dash, range.first);
  range.last = UINT64_MAX;
  std::from_chars(text.data() + dash + 1, text.data() + text.size(), range.last);
  return range;
}

} // namespace

AzureBlobSimulator::AzureBlobSimulator(World& world, SimulatorOptions options)
    : world_(world),
      options_(std::move(options)),
      key_(decode_base64(options_.key)),
      second_key_(decode_base64(options_.second_key)) {}

SimResponse AzureBlobSimulator::respond(const SimRequest& request, SystemTime now,
                                        std::optional<ContentFault> /*fault*/) {
  const SystemTime here = now + clock_ahead;
  auto refused = unauthorized(request, here);
  SimResponse response = refused ? *std::move(refused) : answer(request);
  response.fields.emplace_back("Date", format_http_date(here));
  response.fields.emplace_back("x-ms-request-id", "5b1f0a6e-001e-0000-0000-000000000000");
  response.fields.emplace_back("x-ms-version", find_field(request.fields, "x-ms-version").value_or(""));
  return response;
}

std::optional<SimResponse> AzureBlobSimulator::unauthorized(const SimRequest& request, SystemTime now) const {
  const auto said = find_field(request.fields, "Authorization");
  if (!said) return refusal(401, "NoAuthenticationInformation");
  const auto date = parse_http_date(find_field(request.fields, "x-ms-date").value_or(""), now);
  if (!date || std::chrono::abs(now - *date) > std::chrono::minutes(15))
    return refusal(403, "AuthenticationFailed", "Request date header too old");
  if (!find_field(request.fields, "x-ms-version")) return refusal(400, "MissingRequiredHeader");
  const auto is_signed_with = [&](const std::string& key) {
    return *said == expected_authorization(request, options_.account, key);
  };
  if (!(first_key_works && is_signed_with(key_)) && !is_signed_with(second_key_))
    return refusal(403, "AuthenticationFailed", "The MAC signature is not the same");
  if (firewall) return refusal(403, "AuthorizationFailure");
  return std::nullopt;
}

std::string AzureBlobSimulator::path_in_account(const SimRequest& request) const {
  std::string path(request.path());
  if (!options_.account_in_path) return path;
  if (path.rfind("/" + options_.account, 0) != 0) return "";
  path.erase(0, 1 + options_.account.size());
  return path.empty() ? "/" : path;
}

SimResponse AzureBlobSimulator::answer(const SimRequest& request) {
  const bool head = request.method == "HEAD";
  if (request.method != "GET" && !head) return refusal(405, "UnsupportedHttpVerb");
  const std::string path = path_in_account(request);
  if (path.empty()) return refusal(400, "InvalidUri");
  if (path == "/") {
    if (request.query("comp") != "list") return refusal(400, "InvalidQueryParameterValue");
    ++lists_;
    return list_containers(request);
  }
  const auto slash = path.find('/', 1);
  const std::string container = path.substr(1, slash == std::string::npos ? slash : slash - 1);
  if (slash == std::string::npos) {
    if (request.query("comp") != "list" || request.query("restype") != "container")
      return refusal(400, "InvalidQueryParameterValue");
    ++lists_;
    return list_blobs(container, request);
  }
  ++gets_;
  const std::string name = percent_decode(path.substr(slash + 1));
  SimResponse response = get_blob(container, name, request);
  if (delay_of) response.delivery.delay = delay_of(name);
  return response;
}

SimResponse AzureBlobSimulator::list_containers(const SimRequest& request) const {
  const auto limit = page_size(request);
  if (!limit) return refusal(400, "OutOfRangeQueryParameterValue");
  const std::string marker = request.query("marker").value_or("");
  std::vector<std::string> names;
  std::string next;
  for (const auto& [name, container] : world_.containers()) {
    if (name < marker) continue;
    if (names.size() == *limit) {
      next = name;
      break;
    }
    names.push_back(name);
  }
  return text_response(200, "application/xml", containers_xml(names, next));
}

SimResponse AzureBlobSimulator::list_blobs(const std::string& container, const SimRequest& request) const {
  const auto found = world_.containers().find(container);
  if (found == world_.containers().end()) return refusal(404, "ContainerNotFound");
  if (options_.hierarchical && (includes(request, "tags") || includes(request, "deleted")))
    return refusal(400, "InvalidQueryParameterValue");
  const auto limit = page_size(request);
  if (!limit) return refusal(400, "OutOfRangeQueryParameterValue");
  const std::string marker = decode_base64(request.query("marker").value_or(""));
  const std::string prefix = request.query("prefix").value_or("");
  const std::string delimiter = request.query("delimiter").value_or("");
  const std::string first = std::max(prefix, marker.substr(0, marker.rfind(kOrderMark)));
  std::vector<ListedBlob> page;
  std::vector<std::string> prefixes;
  std::string next;
  walk(found->second, first, request, [&](ListedBlob entry) {
    if (entry.name.rfind(prefix, 0) != 0) return false; // names in order: no more of them
    if (entry.key < marker) return true;
    if (page.size() + prefixes.size() == *limit) {
      next = encode_base64(entry.key);
      return false;
    }
    const auto cut = delimiter.empty() ? std::string::npos : entry.name.find(delimiter, prefix.size());
    if (cut == std::string::npos) {
      page.push_back(std::move(entry));
    } else if (const auto below = entry.name.substr(0, cut + 1);
               prefixes.empty() || prefixes.back() != below) {
      prefixes.push_back(below);
    }
    return true;
  });
  return text_response(
      200, "application/xml",
      blobs_xml(page, prefixes, next, includes(request, "metadata"), includes(request, "tags")));
}

SimResponse AzureBlobSimulator::get_blob(const std::string& container, const std::string& name,
                                         const SimRequest& request) {
  const bool head = request.method == "HEAD"; // Get Blob Properties
  if (before_content && !head) before_content(container, name);
  const auto in = world_.containers().find(container);
  if (in == world_.containers().end()) return refusal(404, "ContainerNotFound");
  const SimBlob* blob = world_.find(container, name);
  const auto version = request.query("versionid");
  const auto snapshot = request.query("snapshot");
  if (version || snapshot) {
    blob = nullptr;
    const auto past = in->second.past.find(name);
    if (past != in->second.past.end()) {
      for (const PastBlob& one : past->second) {
        const bool wanted = (version && one.kind == PastBlob::kVersion && one.id == *version) ||
                            (snapshot && one.kind == PastBlob::kSnapshot && one.id == *snapshot);
        if (wanted) blob = &one.blob;
      }
    }
  }
  if (blob == nullptr) return refusal(404, "BlobNotFound");
  const auto if_match = find_field(request.fields, "If-Match");
  if (if_match && *if_match != "*" && *if_match != "\"" + blob->etag + "\"")
    return refusal(412, "ConditionNotMet");
  if (blob->tier == "Archive" && !head) return refusal(409, "BlobArchived");
  if (blob->encrypted) return refusal(409, "BlobUsesCustomerSpecifiedEncryption");

  SimResponse response = text_response(200, blob->content_type, blob->content);
  response.fields.emplace_back("ETag", "\"" + blob->etag + "\"");
  response.fields.emplace_back("Last-Modified", format_http_date(blob->modified));
  response.fields.emplace_back("x-ms-blob-type", "BlockBlob");
  if (!blob->content_encoding.empty())
    response.fields.emplace_back("Content-Encoding", blob->content_encoding);
  const auto asked = find_field(request.fields, "x-ms-range");
  if (!asked) {
    response.fields.emplace_back("Content-MD5", content_md5(*blob));
    return response;
  }
  auto range = read_range(*asked);
  if (!range || range->first >= blob->content.size()) return refusal(416, "InvalidRange");
  range->last = std::min<uint64_t>(range->last, blob->content.size() - 1);
  std::string part = blob->content.substr(range->first, range->last - range->first + 1);
  if (find_field(request.fields, "x-ms-range-get-content-md5") == "true") {
    constexpr size_t kMost = 4 << 20;
    if (part.size() > kMost) return refusal(400, "OutOfRangeQueryParameterValue");
    response.fields.emplace_back("Content-MD5", md5_base64(part));
  }
  response.status = 206;
  response.fields.emplace_back("Content-Range", "bytes " + std::to_string(range->first) + "-" +
                                                    std::to_string(range->last) + "/" +
                                                    std::to_string(blob->content.size()));
  response.body = std::make_shared<const std::string>(std::move(part));
  return response;
}

} // namespace circuit::providers::azure_blob
