#include "tests/providers/library/client.h"

#include <boost/json.hpp>

namespace circuit::providers::library {
namespace {

namespace json = boost::json;

Error bad_answer(const std::string& url) {
  return make_error(ErrorClass::kTransient, "LIBRARY_BAD_ANSWER", url + " gave no answer that can be read",
                    "Nothing to do: it is tried again.");
}

Error unreadable(const std::string& url) {
  return make_error(ErrorClass::kInvalid, "LIBRARY_UNREADABLE", url + " cannot be read",
                    "Repair the document at its source.");
}

Error status_error(int status, const std::string& url) {
  const std::string what = url + " answered " + std::to_string(status);
  switch (status) {
    case 403:
      return make_error(ErrorClass::kPermission, "LIBRARY_FORBIDDEN", what, "Grant access to it.");
    case 404:
      return make_error(ErrorClass::kNotFound, "LIBRARY_NOT_FOUND", what, "Nothing to do.");
    case 410:
      return make_error(ErrorClass::kInvalid, "LIBRARY_EXPIRED", what, "Nothing to do: it is read anew.");
    case 422:
      return unreadable(url);
    default:
      return make_error(ErrorClass::kTransient, "LIBRARY_FAILED", what, "Nothing to do: it is tried again.");
  }
}

Task<Result<json::object>> get(sync::Api& api, std::string url) {
  http::Request request;
  request.url = url;
  request.max_redirects = 3;
  auto response = co_await api.fetch(std::move(request));
  if (!response) co_return std::move(response).error();
  if (response->status != 200) co_return status_error(response->status, url);
  boost::system::error_code broken;
  json::value value = json::parse(response->body, broken);
  if (broken || !value.is_object()) co_return bad_answer(url);
  co_return std::move(value.as_object());
}

std::string text_of(const json::object& object, std::string_view key) {
  const json::value* found = object.if_contains(key);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

bool has_any(const json::object& object, std::string_view key) {
  const json::value* found = object.if_contains(key);
  return found != nullptr && found->is_array() && !found->get_array().empty();
}

} // namespace

Task<Result<ListedPage>> LibraryClient::children(sync::Api& api, std::string folder,
                                                 std::string marker) const {
  std::string url = base_ + "/folders/" + folder + "/children?size=" + std::to_string(page_size_);
  if (!marker.empty()) url += "&marker=" + marker;
  return page(api, std::move(url));
}

Task<Result<ListedPage>> LibraryClient::changes(sync::Api& api, std::string token) const {
  std::string url = base_ + "/changes?size=" + std::to_string(page_size_);
  if (!token.empty()) url += "&token=" + token;
  return page(api, std::move(url));
}

Task<Result<ListedPage>> LibraryClient::page(sync::Api& api, std::string url) const {
  auto body = co_await get(api, url);
  if (!body) co_return std::move(body).error();
  const json::value* items = body->if_contains("items");
  if (items == nullptr || !items->is_array()) co_return bad_answer(url);
  ListedPage page;
  for (const json::value& value : items->get_array()) {
    if (!value.is_object()) co_return bad_answer(url);
    const json::object& object = value.get_object();
    ListedItem item{text_of(object, "id"), text_of(object, "etag")};
    item.folder = text_of(object, "kind") == "folder";
    item.deleted = object.contains("deleted");
    page.items.push_back(std::move(item));
  }
  page.next = text_of(*body, "next");
  page.delta = text_of(*body, "delta");
  page.moves = text_of(*body, "moves");
  page.denied = has_any(*body, "denied");
  co_return page;
}

Task<Result<RawDocument>> LibraryClient::document(sync::Api& api, std::string id) const {
  const std::string url = base_ + "/files/" + id;
  auto body = co_await get(api, url);
  if (!body) co_return std::move(body).error();
  if (!body->contains("text")) co_return unreadable(url);
  RawDocument raw{std::move(id), text_of(*body, "etag"), text_of(*body, "name"), text_of(*body, "text"), {}};
  if (const json::value* path = body->if_contains("path"); path != nullptr && path->is_array()) {
    for (const json::value& name : path->get_array()) {
      if (name.is_string()) raw.path.emplace_back(name.get_string());
    }
  }
  co_return raw;
}

} // namespace circuit::providers::library
