#include "ingest/http/content_decoder.h"

#include <algorithm>
#include <array>
#include <utility>

#include "ingest/http/codings.h"
#include "ingest/http/field_value.h"
#include "ingest/text/url.h"

namespace circuit::http {
namespace {

constexpr size_t kMostCodings = 5;

// One coding taken off after another. What the outer one makes and the inner one has not used yet waits
// between.
class DecoderChain final : public ContentDecoder {
 public:
  DecoderChain(std::unique_ptr<ContentDecoder> outer, std::unique_ptr<ContentDecoder> inner)
      : outer_(std::move(outer)), inner_(std::move(inner)) {}

  Outcome decode(std::string_view& coded, std::span<char>& room) override {
    for (;;) {
      if (!outer_->fault().empty()) return Outcome::kFault;
      const Outcome inner = inner_->decode(waiting_, room);
      if (inner != Outcome::kNeedsInput) return inner;
      std::span<char> between(between_);
      outer_->decode(coded, between);
      waiting_ = std::string_view(between_.data(), between_.size() - between.size());
      if (waiting_.empty() && outer_->fault().empty()) return Outcome::kNeedsInput;
    }
  }
  bool is_whole() const override { return outer_->is_whole() && inner_->is_whole(); }
  std::string_view fault() const override {
    return outer_->fault().empty() ? inner_->fault() : outer_->fault();
  }

 private:
  std::unique_ptr<ContentDecoder> outer_, inner_;
  std::array<char, 16 << 10> between_;
  std::string_view waiting_; // of between_
};

struct Coding {
  std::string_view name;
  std::unique_ptr<ContentDecoder> (*make)(); // null: nothing to take off
};

constexpr Coding kCodings[] = {
    {"gzip", [] { return make_zlib_decoder(ZlibCoding::kGzip); }},
    {"x-gzip", [] { return make_zlib_decoder(ZlibCoding::kGzip); }},
    {"deflate", [] { return make_zlib_decoder(ZlibCoding::kDeflate); }},
    {"br", [] { return make_brotli_decoder(); }},
    {"zstd", [] { return make_zstd_decoder(); }},
    {"identity", nullptr},
    {"none", nullptr}, // not registered, and sent
};

const Coding* find_coding(std::string_view name) {
  const auto* found = std::find_if(std::begin(kCodings), std::end(kCodings),
                                   [name](const Coding& coding) { return same_header(coding.name, name); });
  return found == std::end(kCodings) ? nullptr : found;
}

// The names in all fields, in the order in which they were applied.
std::vector<std::string_view> named_codings(const Headers& headers) {
  std::vector<std::string_view> names;
  for (const auto& [name, value] : headers.fields()) {
    if (!same_header(name, "Content-Encoding")) continue;
    for (std::string_view rest = value; !rest.empty();) {
      const size_t comma = std::min(rest.find(','), rest.size());
      const std::string_view one = trim_field(rest.substr(0, comma));
      if (!one.empty()) names.push_back(one);
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return names;
}

} // namespace

Result<std::unique_ptr<ContentDecoder>> make_content_decoder(const Headers& headers, const std::string& url) {
  std::unique_ptr<ContentDecoder> decoder;
  if (!headers.has("Content-Encoding")) return decoder;
  const std::vector<std::string_view> names = named_codings(headers);
  if (names.size() > kMostCodings) return bad_encoding(url, "it has more than five encodings");
  for (auto name = names.rbegin(); name != names.rend(); ++name) { // the last one is the outermost
    const Coding* coding = find_coding(*name);
    if (coding == nullptr) return bad_encoding(url, "its encoding is not known");
    if (coding->make == nullptr) continue;
    auto inner = coding->make();
    decoder =
        decoder ? std::make_unique<DecoderChain>(std::move(decoder), std::move(inner)) : std::move(inner);
  }
  return decoder;
}

Error bad_encoding(const std::string& url, std::string_view what_is_wrong) {
  return make_error(ErrorClass::kInvalid, "BAD_ENCODING",
                    "the compressed body of " + text::loggable_url(url) +
                        " cannot be decompressed: " + std::string(what_is_wrong),
                    "The server sends broken data; tell its operator.");
}

Error coding_truncated(const std::string& url) {
  return make_error(
             ErrorClass::kTransient, "BODY_TRUNCATED",
             "the compressed answer to " + text::loggable_url(url) + " ended before its end",
             "It is tried again later; if it stays, the server, or a proxy or cache before it, keeps a copy "
             "that was cut: have that renewed.")
      .with("cut", "COMPRESSION");
}

} // namespace circuit::http
