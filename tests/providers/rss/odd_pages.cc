#include "tests/providers/rss/odd_pages.h"

#include <charconv>

#include "tests/providers/gzip.h"

namespace circuit::providers::rss {
namespace {

constexpr const char* kRssType = "application/rss+xml; charset=utf-8";
constexpr std::string_view kHead =
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\"><channel><title>Odd</title>"
    "<link>https://odd.example/</link><description>odd</description>\n";
constexpr std::string_view kTail = "</channel></rss>\n";

uint64_t number_of(const SimRequest& request, std::string_view name, uint64_t otherwise) {
  const std::string text = request.query(name).value_or("");
  uint64_t value = otherwise;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  return result.ec == std::errc() ? value : otherwise;
}

std::string small_item(uint64_t number) {
  const std::string n = std::to_string(number);
  return "<item><guid isPermaLink=\"false\">odd-" + n + "</guid><title>Item " + n +
         "</title><description>One of very many items.</description></item>\n";
}

// Head, as many parts as it takes, tail.
class Endless final : public BodyPieces {
 public:
  enum class What { kItems, kOneItem };
  Endless(What what, uint64_t bytes) : what_(what), bytes_(bytes) {}

  std::string next() override {
    if (ended_) return {};
    std::string piece;
    if (sent_ == 0) piece += std::string(kHead) + (what_ == What::kOneItem ? kOpen : "");
    while (piece.size() < kPieceBytes && sent_ + piece.size() < bytes_) {
      piece += what_ == What::kItems ? small_item(++number_) : "Word after word after word of one item. ";
    }
    sent_ += piece.size();
    if (sent_ >= bytes_) {
      ended_ = true;
      piece += std::string(what_ == What::kOneItem ? kClose : "") + std::string(kTail);
    }
    return piece;
  }

 private:
  static constexpr size_t kPieceBytes = 64 * 1024;
  static constexpr const char* kOpen =
      "<item><guid isPermaLink=\"false\">odd-1</guid><title>Long</title><description>";
  static constexpr const char* kClose = "</description></item>\n";
  What what_;
  uint64_t bytes_;
  uint64_t sent_ = 0;
  uint64_t number_ = 0;
  bool ended_ = false;
};

SimResponse endless(Endless::What what, uint64_t bytes) {
  SimResponse response;
  response.fields.emplace_back("Content-Type", kRssType);
  response.pieces = std::make_unique<Endless>(what, bytes);
  return response;
}

std::string nested(uint64_t depth) {
  std::string body(kHead);
  body += "<item><guid isPermaLink=\"false\">odd-1</guid><title>Deep</title>";
  for (uint64_t i = 0; i < depth; ++i) body += "<b>";
  body += "bottom";
  for (uint64_t i = 0; i < depth; ++i) body += "</b>";
  return body + "</item>" + std::string(kTail);
}

std::string entity_bomb() {
  std::string body = "<?xml version=\"1.0\"?>\n<!DOCTYPE rss [\n<!ENTITY a0 \"ha\">\n";
  for (int i = 1; i <= 30; ++i) {
    const std::string before = "&a" + std::to_string(i - 1) + ";";
    body += "<!ENTITY a" + std::to_string(i) + " \"" + before + before + before + before + "\">\n";
  }
  return body +
         "]>\n<rss version=\"2.0\"><channel><title>&a30;</title><item><guid "
         "isPermaLink=\"false\">odd-1</guid>"
         "<title>&a30;</title><description>&a30;</description></item></channel></rss>\n";
}

SimResponse redirect_to(std::string location) {
  SimResponse response = text_response(302, "text/plain", "elsewhere\n");
  set_field(response.fields, "Location", std::move(location));
  return response;
}

SimResponse as_gzip(std::string body) {
  SimResponse response = text_response(200, kRssType, std::move(body));
  set_field(response.fields, "Content-Encoding", "gzip");
  return response;
}

std::string cut_feed() {
  std::string body(kHead);
  for (uint64_t i = 1; i <= 10; ++i) body += small_item(i);
  return body + "<item><guid isPermaLink=\"false\">odd-11</guid><title>Item ele";
}

} // namespace

std::optional<SimResponse> odd_page(std::string_view name, const SimRequest& request) {
  if (name == "empty") return text_response(200, kRssType, "");
  if (name == "html") {
    return text_response(
        200, "text/html; charset=utf-8",
        "<!DOCTYPE html><html><head><title>No feed here</title></head><body>Hello</body></html>");
  }
  if (name == "binary")
    return text_response(200, "image/png", std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\xff", 18));
  if (name == "huge") return endless(Endless::What::kItems, number_of(request, "bytes", 1u << 30));
  if (name == "long-item") return endless(Endless::What::kOneItem, number_of(request, "bytes", 1u << 30));
  if (name == "nested") {
    return text_response(200, kRssType,
                         nested(std::min<uint64_t>(number_of(request, "depth", 100'000), 10'000'000)));
  }
  if (name == "entity-bomb") return text_response(200, kRssType, entity_bomb());
  if (name == "loop") return redirect_to("/odd/loop");
  if (name == "redirect") return redirect_to(request.query("to").value_or("/odd/loop"));
  if (name == "cut") return text_response(200, kRssType, cut_feed());
  if (name == "gzip-bomb") {
    return as_gzip(
        gzip(std::string(std::min<uint64_t>(number_of(request, "bytes", 64u << 20), 1u << 30), '\0')));
  }
  if (name == "not-gzip") return as_gzip("this is not gzip");
  return std::nullopt;
}

} // namespace circuit::providers::rss
