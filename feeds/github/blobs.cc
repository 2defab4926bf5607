#include "feeds/github/blobs.h"

#include <boost/asio/this_coro.hpp>
#include <utility>

#include "feeds/github/normalize.h"
#include "feeds/github/object_id.h"
#include "ingest/runtime/task_group.h"
#include "ingest/text/file_text.h"
#include "ingest/text/lfs_pointer.h"

namespace circuit::feeds::github {
namespace {

struct File {
  TreeEntry entry;
  v1::Document document;
  std::optional<Error> error;
};

text::FileTextLimits limits_of(const GitHubOptions& options) {
  text::FileTextLimits limits;
  limits.max_input_bytes = options.max_file_bytes;
  limits.max_output_bytes = options.max_text_bytes;
  return limits;
}

Error damaged(const TreeEntry& entry) {
  return make_error(ErrorClass::kTransient, "GITHUB_BLOB_DAMAGED",
                    "What arrived for blob " + entry.sha + " (" + entry.path + ") has another id",
                    "Nothing to do: it is fetched again.");
}

void omit(std::string_view reason, v1::Document& document) {
  (*document.mutable_metadata())["content.omitted"] = std::string(reason);
}

void set_size(uint64_t size_bytes, v1::Document& document) {
  (*document.mutable_metadata())["github.size"] = std::to_string(size_bytes);
}

void set_text(const GitHubOptions& options, std::string_view bytes, File& file) {
  v1::Document& document = file.document;
  set_size(bytes.size(), document);
  if (file.entry.kind == EntryKind::kSymlink) {
    auto target = text::read_file_text("target.txt", "", bytes, limits_of(options));
    (*document.mutable_metadata())["github.symlink_target"] = target.text;
    document.set_text(std::move(target.text));
    return;
  }
  if (const auto pointer = text::read_lfs_pointer(bytes)) {
    omit(text::kOmittedElsewhere, document);
    (*document.mutable_metadata())["github.lfs_sha256"] = pointer->sha256;
    set_size(static_cast<uint64_t>(pointer->size_bytes), document);
    return;
  }
  auto text = text::read_file_text(file.entry.path, "", bytes, limits_of(options));
  document.set_mime_type(text.mime_type);
  document.set_text_truncated(text.truncated);
  document.set_text(std::move(text.text));
  if (!text.omitted.empty()) omit(text.omitted, document);
}

// Whether there is nothing to fetch.
bool is_without_body(const Place& place, File& file) {
  if (file.entry.kind == EntryKind::kSubmodule) {
    (*file.document.mutable_metadata())["github.submodule_commit"] = file.entry.sha;
    omit(text::kOmittedElsewhere, file.document);
    return true;
  }
  const auto policy = place.pull.settings().content();
  std::string_view reason;
  if (policy == v1::CONTENT_NONE) reason = text::kOmittedByPolicy;
  // A raw body is wanted whatever its text is.
  if (policy != v1::CONTENT_NONE && policy != v1::CONTENT_RAW && file.entry.kind != EntryKind::kSymlink)
    reason = text::omitted_unread(file.entry.path, "", file.entry.size_bytes, limits_of(place.options));
  if (reason.empty()) return false;
  omit(reason, file.document);
  if (file.entry.size_bytes > 0) set_size(file.entry.size_bytes, file.document);
  return true;
}

// Larger than what is asked for, or than what GitHub gives.
bool is_too_large(const Error& error) {
  return error.reason == "BODY_TOO_LARGE" || error.reason == "GITHUB_BLOB_TOO_LARGE";
}

Task<void> fetch_text(const Place* place, File* file) {
  auto response = co_await place->client.blob(place->pull, place->repository.full_name, file->entry.sha,
                                              place->options.max_file_bytes, false);
  if (!response && is_too_large(response.error())) {
    omit(text::kOmittedTooLarge, file->document);
  } else if (!response) {
    file->error = std::move(response).error();
  } else if (!is_blob(file->entry.sha, response->body)) {
    file->error = damaged(file->entry);
  } else {
    set_text(place->options, response->body, *file);
  }
}

// Passes an original on, and keeps its beginning for the text.
class KeepingStream final : public http::BodyStream {
 public:
  struct Kept {
    std::string bytes;
    uint64_t size = 0;
  };
  KeepingStream(std::unique_ptr<http::BodyStream> stream, uint64_t most, std::shared_ptr<Kept> kept)
      : stream_(std::move(stream)), most_(most), kept_(std::move(kept)) {}
  Task<Result<std::string>> read() override {
    auto piece = co_await stream_->read();
    if (!piece) co_return std::move(piece).error();
    kept_->size += piece->size();
    if (kept_->size <= most_) kept_->bytes += *piece;
    co_return std::move(piece);
  }

 private:
  std::unique_ptr<http::BodyStream> stream_;
  uint64_t most_;
  std::shared_ptr<Kept> kept_;
};

// One at a time: a stream holds its place among the requests until it has ended.
Task<void> fetch_original(const Place* place, File* file) {
  constexpr uint64_t kMost = 101ull << 20; // GitHub gives out 100 MB
  constexpr int kAttempts = 2;
  for (int attempt = 1; attempt <= kAttempts; ++attempt) {
    file->error.reset();
    auto response =
        co_await place->client.blob(place->pull, place->repository.full_name, file->entry.sha, kMost, true);
    if (!response && is_too_large(response.error())) {
      omit(text::kOmittedTooLarge, file->document);
      co_return;
    }
    if (!response) {
      file->error = std::move(response).error();
      co_return;
    }
    auto kept = std::make_shared<KeepingStream::Kept>();
    std::unique_ptr<http::BodyStream> stream =
        std::make_unique<KeepingStream>(std::move(response->stream), place->options.max_file_bytes, kept);
    auto raw = co_await place->pull.deliver_content(std::move(stream));
    const bool refused =
        !raw && (raw.error().reason == "CONTENT_REFUSED" || raw.error().reason == "CONTENT_UNSUPPORTED");
    if (refused) { // without its original, as the contract has it
      co_await fetch_text(place, file);
      co_return;
    }
    if (!raw) {
      file->error = std::move(raw).error();
      if (file->error->reason == "CONTENT_INTERRUPTED") continue;
      co_return;
    }
    const bool whole = kept->size > kept->bytes.size() || is_blob(file->entry.sha, kept->bytes);
    if (!whole) {
      file->error = damaged(file->entry);
      continue;
    }
    *file->document.mutable_raw() = *std::move(raw);
    if (kept->size > kept->bytes.size()) {
      set_size(kept->size, file->document);
      omit(text::kOmittedTooLarge, file->document);
    } else {
      set_text(place->options, kept->bytes, *file);
    }
    co_return;
  }
}

// Of what is wanted, the next ones whose bodies may be in memory together.
std::vector<File> next_files(const Place& place, const std::string& branch, std::vector<TreeEntry>& wanted,
                             size_t& from) {
  std::vector<File> files;
  uint64_t bytes = 0;
  while (from < wanted.size()) {
    constexpr uint64_t kUnknownSize = 64 << 10; // a comparison does not say it
    const uint64_t size = wanted[from].size_bytes > 0 ? wanted[from].size_bytes : kUnknownSize;
    if (!files.empty() && bytes + size > place.options.bodies_max_bytes) break;
    bytes += size;
    auto document = normalize_file(place.repository, branch, wanted[from]);
    files.push_back({std::move(wanted[from]), std::move(document), std::nullopt});
    ++from;
  }
  return files;
}

} // namespace

Task<Result<void>> deliver_files(Place& place, std::string branch, std::vector<TreeEntry> entries) {
  std::vector<sync::ItemStamp> stamps;
  stamps.reserve(entries.size());
  for (const TreeEntry& entry : entries)
    stamps.push_back({file_id(place.repository, branch, entry.path), file_version(place.repository, entry)});
  const std::vector<bool> is_wanted = co_await place.pull.select_changed(std::move(stamps));
  std::vector<TreeEntry> wanted;
  for (size_t i = 0; i < entries.size(); ++i) {
    if (is_wanted[i]) wanted.push_back(std::move(entries[i]));
  }
  const bool originals = place.pull.settings().content() == v1::CONTENT_RAW;
  const auto executor = co_await boost::asio::this_coro::executor;
  for (size_t from = 0; from < wanted.size();) {
    std::vector<File> files = next_files(place, branch, wanted, from);
    std::vector<File*> fetched;
    for (File& file : files) {
      if (!is_without_body(place, file)) fetched.push_back(&file);
    }
    const auto fetch = [&place, originals](File* file) {
      return originals ? fetch_original(&place, file) : fetch_text(&place, file);
    };
    const size_t at_a_time = originals ? 1 : place.options.bodies_at_a_time;
    co_await for_each_concurrent(executor, fetched, at_a_time, fetch);
    for (File& file : files) {
      if (!file.error) {
        co_await place.pull.upsert(std::move(file.document));
        continue;
      }
      const bool for_good =
          file.error->cls == ErrorClass::kNotFound || file.error->cls == ErrorClass::kInvalid;
      if (!for_good) co_return *std::move(file.error);
      co_await place.pull.reject(file.document.external_id(), *std::move(file.error));
    }
  }
  co_return Result<void>();
}

} // namespace circuit::feeds::github
