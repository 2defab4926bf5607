#include "tests/providers/library/simulator.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "tests/providers/http_date.h"

namespace circuit::providers::library {
namespace {

namespace json = boost::json;

SimResponse answer(const json::object& body) {
  return text_response(200, "application/json", json::serialize(body));
}

SimResponse refusal(int status) {
  return text_response(status, "application/json", "{\"error\":" + std::to_string(status) + "}");
}

uint64_t number_of(std::string_view text) {
  uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// The part before the next colon, taken off.
std::string_view take_part(std::string_view& text) {
  const size_t end = std::min(text.find(':'), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

json::object item_of(const Document& document) {
  return {{"id", document.id}, {"kind", "file"}, {"etag", Library::etag(document, document.now.tag)}};
}

} // namespace

SimResponse LibrarySimulator::respond(const SimRequest& request, SystemTime now,
                                      std::optional<ContentFault> fault) {
  const std::string path(request.path());
  constexpr std::string_view kFolders = "/folders/", kChildren = "/children", kFiles = "/files/";
  SimResponse response = refusal(404);
  if (path == "/changes") {
    response = changes(request, fault);
  } else if (path.starts_with(kFiles)) {
    response = file(path.substr(kFiles.size()), fault);
  } else if (path.starts_with(kFolders) && path.ends_with(kChildren)) {
    const size_t length = path.size() - kFolders.size() - kChildren.size();
    response = children(path.substr(kFolders.size(), length), request, fault);
  }
  response.fields.emplace_back("Date", format_http_date(now));
  return response;
}

SimResponse LibrarySimulator::children(const std::string& id, const SimRequest& request,
                                       std::optional<ContentFault> fault) const {
  const auto& folders = library_.folders();
  const auto folder =
      std::find_if(folders.begin(), folders.end(), [&](const Folder& f) { return f.id == id; });
  if (folder == folders.end()) return refusal(404);
  const auto index = static_cast<size_t>(folder - folders.begin());
  if (library_.is_forbidden(index)) return refusal(403);

  const std::string given = request.query("marker").value_or("");
  std::string_view rest = given;
  const uint64_t generation = number_of(take_part(rest));
  if (!given.empty() && generation != library_.marker_generation()) return refusal(410);
  std::string after(rest);
  if (fault == ContentFault::kRepeatedPage) after.clear();

  // In the order of their keys: folders, then documents.
  std::map<std::string, const Document*> rest_of_folder;
  for (size_t i = 1; i < folders.size(); ++i) {
    const std::string key = "0" + folders[i].id;
    if (folders[i].parent == index && key > after) rest_of_folder[key] = nullptr;
  }
  const std::string after_document = after.starts_with("1") ? after.substr(1) : "";
  const auto& documents = library_.documents();
  for (auto it = documents.upper_bound(after_document); it != documents.end(); ++it) {
    if (it->second.folder == index && !it->second.deleted) rest_of_folder["1" + it->first] = &it->second;
  }
  const size_t size = std::max<uint64_t>(number_of(request.query("size").value_or("5")), 1);
  json::array items;
  auto at = rest_of_folder.begin();
  const bool empty = fault == ContentFault::kEmptyPage;
  for (; !empty && at != rest_of_folder.end() && items.size() < size; ++at) {
    after = at->first;
    if (at->second != nullptr) {
      items.push_back(item_of(*at->second));
    } else {
      items.push_back(json::object{{"id", after.substr(1)}, {"kind", "folder"}});
    }
  }
  json::object body{{"items", std::move(items)}, {"moves", std::to_string(library_.moves())}};
  if (at != rest_of_folder.end()) body["next"] = std::to_string(library_.marker_generation()) + ":" + after;
  return answer(body);
}

SimResponse LibrarySimulator::file(const std::string& id, std::optional<ContentFault> fault) const {
  const Document* document = library_.find(id);
  if (document == nullptr || document->deleted) return refusal(404);
  if (library_.is_forbidden(document->folder)) return refusal(403);
  if (document->bad && document->now.tag % 2 == 0) return refusal(422);
  // A copy of the library that is behind may not know the document yet.
  if (fault == ContentFault::kStale && document->now.tag % 2 == 1) return refusal(404);
  const bool stale = fault == ContentFault::kStale && document->before;
  const Edition& edition = stale ? *document->before : document->now;
  json::object body{{"id", id},
                    {"etag", Library::etag(*document, edition.tag)},
                    {"name", edition.name},
                    {"path", json::array(edition.path.begin(), edition.path.end())}};
  if (!document->bad) body["text"] = library_.text(*document, edition);
  return answer(body);
}

SimResponse LibrarySimulator::changes(const SimRequest& request, std::optional<ContentFault> fault) const {
  const std::string token = request.query("token").value_or("");
  const size_t size = std::max<uint64_t>(number_of(request.query("size").value_or("5")), 1);
  std::string_view rest = token;
  const std::string kind(take_part(rest));
  if (kind.empty()) return everything(library_.log().size(), "", size, fault);
  const uint64_t since = number_of(take_part(rest));
  if (since < library_.oldest_token()) return refusal(410);
  if (kind == "delta") return changed(since, size, fault);
  return everything(since, std::string(rest), size, fault);
}

SimResponse LibrarySimulator::everything(uint64_t since, std::string after, size_t size,
                                         std::optional<ContentFault> fault) const {
  if (fault == ContentFault::kRepeatedPage) after.clear();
  json::array items, denied;
  auto at = library_.documents().upper_bound(after);
  const bool empty = fault == ContentFault::kEmptyPage;
  for (; !empty && at != library_.documents().end() && items.size() < size; ++at) {
    after = at->first;
    if (library_.is_readable(at->second)) items.push_back(item_of(at->second));
  }
  for (const Folder& folder : library_.folders()) {
    if (folder.forbidden) denied.emplace_back(folder.id);
  }
  json::object body{{"items", std::move(items)}, {"denied", std::move(denied)}};
  const std::string log_position = std::to_string(since);
  if (at != library_.documents().end()) {
    body["next"] = "all:" + log_position + ":" + after;
  } else {
    body["delta"] = "delta:" + log_position;
  }
  return answer(body);
}

SimResponse LibrarySimulator::changed(uint64_t since, size_t size, std::optional<ContentFault> fault) const {
  const auto& log = library_.log();
  if (fault == ContentFault::kRepeatedPage) {
    since = std::max<uint64_t>(since - std::min<uint64_t>(since, size), library_.oldest_token());
  }
  const uint64_t end =
      fault == ContentFault::kEmptyPage ? since : std::min<uint64_t>(since + size, log.size());
  json::array items;
  std::set<std::string> named;
  for (uint64_t i = since; i < end; ++i) {
    const Document* document = library_.find(log[i]);
    if (!named.insert(log[i]).second || library_.is_forbidden(document->folder)) continue;
    json::object item = item_of(*document);
    if (document->deleted) item["deleted"] = true;
    items.push_back(std::move(item));
  }
  json::object body{{"items", std::move(items)}};
  body[end < log.size() ? "next" : "delta"] = "delta:" + std::to_string(end);
  return answer(body);
}

} // namespace circuit::providers::library
