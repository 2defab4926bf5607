#include "feeds/azure_blob/container.h"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <set>
#include <utility>

#include "feeds/azure_blob/feed.h"
#include "feeds/azure_blob/names.h"
#include "feeds/azure_blob/normalize.h"
#include "ingest/runtime/digest.h"

namespace circuit::feeds::azure_blob {

namespace st = circuit::feeds::state::v1;

namespace {

st::Cursor part_of(st::AzureBlobCursor cursor) {
  st::Cursor out;
  *out.mutable_azure_blob() = std::move(cursor);
  return out;
}

std::string shape_of(const v1::AzureBlobSelection& selection) {
  std::string shape;
  for (const auto* names : {&selection.prefixes(), &selection.include(), &selection.exclude()}) {
    for (const std::string& name : *names) shape.append(name).append(1, '\0');
    shape += '\n';
  }
  shape += selection.with_versions() ? 'v' : '-';
  shape += selection.with_snapshots() ? 's' : '-';
  return to_hex(sha256(shape)).substr(0, 16);
}

Error unreachable_name(const std::string& container, const Blob& blob) {
  return make_error(ErrorClass::kInvalid, "AZURE_BLOB_NAME_UNREACHABLE",
                    "The name of blob " + container + "/" + blob.name +
                        " has a part \".\" or \"..\", which no address can carry",
                    "Rename the blob.");
}

} // namespace

std::string scope_of(const std::string& container) { return "container:" + container; }
st::Cursor feed_cursor() { return part_of({}); }

ContainerReader::ContainerReader(Reading reading, std::string name)
    : reading_(reading),
      name_(std::move(name)),
      prefixes_(prefixes_to_list(reading.selection, reading.globs)) {}

Task<Result<bool>> ContainerReader::read() {
  const auto executor = co_await boost::asio::this_coro::executor;
  TaskGroup readers(executor);
  Pages pages(reading_.pull, readers);
  bool exists = true;
  co_await run_beside(readers, read_pages(pages, &exists));
  if (!trouble_) co_return exists;
  listing_.reset();
  co_return *std::move(trouble_);
}

Task<void> ContainerReader::read_pages(Pages& pages, bool* exists) {
  auto part = co_await reading_.pull.part(name_);
  const bool goes_on = begin(part.azure_blob());
  co_await open(goes_on ? sync::Listing::kGoesOn : sync::Listing::kFromStart);
  bool restarted = false;
  if (!prefixes_.empty()) list_ahead(pages);
  while (pages.left() > 0) {
    reading_.pull.progress("listing container " + name_ + (at_.prefix().empty() ? "" : ", " + at_.prefix()));
    auto page = co_await pages.next();
    if (!page && page.error().reason == "AZURE_CONTAINER_NOT_FOUND") {
      listing_.reset();
      *exists = false; // what it held before is taken away with its part
      co_return;
    }
    if (!page && page.error().reason == "AZURE_REQUEST_REFUSED" && !at_.marker().empty() && !restarted) {
      restarted = true;
      at_.Clear();
      begin(at_);
      listing_.reset();
      co_await open(sync::Listing::kFromStart);
      list_ahead(pages);
      continue;
    }
    const bool repeats = page && !page->next_marker.empty() && page->next_marker == at_.marker();
    if (repeats) page = endless("the list of blobs in container " + name_);
    if (!page) {
      trouble_ = std::move(page).error();
      co_return;
    }
    const bool has_more = step(*page);
    if (has_more) list_ahead(pages);
    co_await read_page(*std::move(page));
    if (trouble_) co_return;
    if (has_more) co_await save();
  }
  co_await listing_->complete();
  listing_.reset();
  at_.Clear();
  co_await save();
}

// Whether an interrupted listing goes on.
bool ContainerReader::begin(const Position& stored) {
  const bool reread = reading_.pull.reread_all();
  const std::string shape = shape_of(reading_.selection);
  const bool goes_on = stored.listing() && (stored.reread() || !reread) && stored.shape() == shape &&
                       std::ranges::find(prefixes_, stored.prefix()) != prefixes_.end();
  if (goes_on) {
    at_ = stored;
    return true;
  }
  at_.Clear();
  at_.set_reread(reread);
  at_.set_shape(shape);
  if (!prefixes_.empty()) at_.set_prefix(prefixes_.front());
  return false;
}

// Moves on behind the page; whether there is more.
bool ContainerReader::step(const BlobsPage& page) {
  at_.set_listing(true);
  at_.set_marker(page.next_marker);
  if (!page.next_marker.empty()) return true;
  const auto next = std::ranges::upper_bound(prefixes_, at_.prefix());
  if (next == prefixes_.end()) return false;
  at_.set_prefix(*next);
  return true;
}

Task<void> ContainerReader::open(sync::Listing listing) {
  std::string scope = scope_of(name_);
  listing_ = co_await reading_.pull.enumerate(std::move(scope), listing);
  if (!at_.incomplete_reason().empty()) listing_->incomplete(at_.incomplete_reason());
  bodies_.emplace(reading_, name_);
}

void ContainerReader::not_whole(std::string reason) {
  at_.set_incomplete_reason(reason);
  listing_->incomplete(std::move(reason));
}

void ContainerReader::list_ahead(Pages& pages) {
  Listing listing;
  listing.container = name_;
  listing.prefix = at_.prefix();
  listing.marker = at_.marker();
  listing.page_size = reading_.options.page_size;
  std::string include = "metadata";
  if (reading_.selection.with_versions()) include += ",versions";
  if (reading_.selection.with_snapshots()) include += ",snapshots";
  listing.include = include;
  pages.add(0, [this, listing](sync::Api& api) { return list(api, listing); });
}

Task<Result<BlobsPage>> ContainerReader::list(sync::Api& api, Listing listing) {
  if (reading_.plain_listings) co_return co_await reading_.client.blobs(api, std::move(listing));
  // Tags and deleted blobs are refused by accounts with a hierarchical namespace, and to signatures without
  // the permission for tags.
  Listing full = listing;
  full.include += ",tags,deleted";
  auto page = co_await reading_.client.blobs(api, std::move(full));
  if (page) co_return page;
  const std::string& reason = page.error().reason;
  if (reason != "AZURE_REQUEST_REFUSED" && reason != "AZURE_FORBIDDEN") co_return page;
  auto plain = co_await reading_.client.blobs(api, std::move(listing));
  if (!plain) co_return page;
  reading_.plain_listings = true;
  co_return plain;
}

Task<void> ContainerReader::read_page(BlobsPage page) {
  std::vector<sync::ItemStamp> stamps;
  std::vector<const Blob*> selected;
  for (const Blob& blob : page.blobs) {
    if (blob.deleted || is_directory(blob) || !reading_.globs.matches(blob.name)) continue;
    stamps.push_back({external_id(name_, blob), version(blob)});
    selected.push_back(&blob);
  }
  if (page.malformed > 0) not_whole("Azure listed blobs without a name in container " + name_ + ".");
  const std::vector<bool> wanted = co_await reading_.pull.select_changed(std::move(stamps));
  std::vector<const Blob*> to_read;
  for (size_t i = 0; i < selected.size(); ++i) {
    if (wanted[i]) to_read.push_back(selected[i]);
  }
  co_await read_bodies(std::move(to_read));
  if (trouble_) co_return;
  co_await remove_deleted(page, at_.marker().empty());
  for (const Blob& blob : page.blobs) {
    if (!blob.deleted && blob.current && blob.snapshot.empty()) last_live_ = blob.name;
  }
}

Task<void> ContainerReader::read_bodies(std::vector<const Blob*> wanted) {
  if (wanted.empty()) co_return;
  const AzureBlobOptions& options = reading_.options;
  const auto executor = co_await boost::asio::this_coro::executor;
  TaskGroup readers(executor);
  const sync::ReadAheadLimits limits{options.concurrent_bodies, 4 * options.concurrent_bodies,
                                     options.gathered_bytes};
  BodiesAhead bodies(reading_.pull, readers, limits, sync::HandOver::kAsReady);
  for (const Blob* blob : wanted) {
    bodies.add(bodies_->bytes_to_hold(*blob),
               [this, blob](sync::Api& api) { return bodies_->read(api, *blob); });
  }
  co_await run_beside(readers, deliver_all(bodies));
}

Task<void> ContainerReader::deliver_all(BodiesAhead& bodies) {
  while (bodies.left() > 0) {
    const std::unique_ptr<Body> body = co_await bodies.next();
    co_await deliver(*body);
    if (trouble_) co_return;
    if (++unsaved_ < reading_.options.checkpoint_documents) continue;
    // The cursor stays before this page: what is delivered of it is found unchanged then.
    auto cursor = feed_cursor();
    co_await reading_.pull.checkpoint(std::move(cursor));
    unsaved_ = 0;
  }
}

Task<void> ContainerReader::deliver(Body& body) {
  if (has_dot_segment(body.blob.name)) {
    auto error = unreachable_name(name_, body.blob);
    co_await reading_.pull.reject(external_id(name_, body.blob), std::move(error));
    co_return;
  }
  if (body.outcome == Body::kStreamed) co_await bodies_->stream(&body);
  switch (body.outcome) {
    case Body::kFailed:
      trouble_ = std::move(body.error);
      break;
    case Body::kRejected: {
      auto error = *std::move(body.error);
      co_await reading_.pull.reject(external_id(name_, body.blob), std::move(error));
      break;
    }
    case Body::kTroubled: {
      auto error = *std::move(body.error);
      if (!passing_.add()) {
        trouble_ = std::move(error);
        break;
      }
      co_await reading_.pull.reject(external_id(name_, body.blob), std::move(error));
      break;
    }
    case Body::kGone: // not seen, so the end of the listing takes it away
      break;
    case Body::kContainerGone: // the next sync lists it anew, or takes it away
      not_whole("Container " + name_ + " was deleted while its blobs were read.");
      break;
    case Body::kMoving:
      not_whole("Blob " + name_ + "/" + body.blob.name + " changes faster than it can be read.");
      break;
    case Body::kStreamed:
    case Body::kReady: {
      if (body.fetched) passing_.went_well();
      auto document = std::move(body.document);
      co_await reading_.pull.upsert(std::move(document));
      break;
    }
  }
}

// Deleted blobs that are kept for a while are listed, and may be there again under the same name, before or
// behind, also on another page.
Task<void> ContainerReader::remove_deleted(const BlobsPage& page, bool last) {
  std::set<std::string_view> live{last_live_};
  for (const Blob& blob : page.blobs) {
    if (!blob.deleted && blob.current && blob.snapshot.empty()) live.insert(blob.name);
  }
  std::vector<std::string> gone = std::exchange(deleted_, {});
  for (const Blob& blob : page.blobs) {
    if (!blob.deleted) continue;
    if (blob.current && blob.snapshot.empty()) {
      gone.push_back(blob.name);
    } else {
      co_await reading_.pull.remove(external_id(name_, blob), "DELETED");
    }
  }
  for (std::string& name : gone) {
    if (live.contains(name)) continue;
    // A page may be empty and not be the last one.
    const bool may_come = !last && (page.blobs.empty() || page.blobs.back().name == name);
    if (may_come) {
      deleted_.push_back(std::move(name));
    } else {
      co_await reading_.pull.remove(name_ + "/" + name, "DELETED");
    }
  }
}

Task<void> ContainerReader::save() {
  reading_.pull.set_part(name_, part_of(at_));
  auto cursor = feed_cursor();
  co_await reading_.pull.checkpoint(std::move(cursor));
  unsaved_ = 0;
}

} // namespace circuit::feeds::azure_blob
