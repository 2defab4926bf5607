#pragma once
// The simulated provider as the test sees it: what can be done to it, and what is true. Over HTTP, to a
// feed-simulator in a process of its own. Blocks; throws std::runtime_error when nobody answers. One thread.

#include <curl/curl.h>

#include <memory>
#include <string>
#include <vector>

namespace circuit::crash {

struct TrueDocument {
  std::string external_id;
  std::string marker;      // in the text of the current version alone
  std::string item_marker; // what the markers of all versions begin with; then the version and "z"
  std::string visibility;  // current, history, past, deleted, forgotten
};

struct TrueFeed {
  std::string url;
  std::vector<TrueDocument> documents;
};

struct Page {
  int status = 0;
  std::string headers; // as they came, in lower case
  std::string body;
};

class Provider {
 public:
  explicit Provider(std::string base_url);

  Page get(const std::string& url);
  // "edit?feed=3"; false: refused, and nothing has changed.
  bool post(const std::string& change);
  std::vector<TrueFeed> truth();

 private:
  struct Free {
    void operator()(CURL* handle) const { ::curl_easy_cleanup(handle); }
  };
  Page ask(const std::string& url, bool post);

  const std::string base_url_;
  std::unique_ptr<CURL, Free> handle_; // kept, and with it the connection
};

} // namespace circuit::crash
