#include "feeds/rss/raw.h"

#include "feeds/rss/raw_storage.h"
#include "ingest/text/html.h"

namespace circuit::feeds::rss {

void RawStorageDeleter::operator()(RawStorage* storage) const { delete storage; }

RawFeed::RawFeed(std::unique_ptr<RawStorage, RawStorageDeleter> memory)
    : storage(std::move(memory)), feed(&storage->arena) {}

std::string_view interpreted_type(const Text& text) {
  if (text.type_is_guess && text::looks_like_html(text.value)) return kHtmlType;
  return text.type;
}

bool is_html(const Text& text) {
  const std::string_view type = interpreted_type(text);
  return type == kHtmlType || type == kXhtmlType;
}

const Link* find_link(const Metadata& meta, std::string_view rel) {
  for (const Link& link : meta.links) {
    if (link.rel == rel) return &link;
  }
  return nullptr;
}

std::string_view find_extension(const Metadata& meta, std::string_view name) {
  for (const Extension& extension : meta.extensions) {
    if (extension.name == name) return extension.value;
  }
  return {};
}

} // namespace circuit::feeds::rss
