#include "feeds/github/blobs.h"

#include <memory>
#include <utility>

#include "feeds/github/normalize.h"
#include "feeds/github/object_id.h"
#include "ingest/text/file_text.h"
#include "ingest/text/lfs_pointer.h"

namespace circuit::feeds::github {
namespace {

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
  // Fetched to see whether it is a pointer, and is none.
  const bool told_by_name =
      text::omitted_unread(file.entry.path, "", bytes.size(), limits_of(options)) == text::kOmittedBinary;
  if (told_by_name && !document.has_raw()) {
    omit(text::kOmittedBinary, document);
    return;
  }
  document.set_text_truncated(text.truncated);
  document.set_text(std::move(text.text));
  if (!text.omitted.empty()) omit(text.omitted, document);
}

// What LFS keeps elsewhere are mostly files whose names say that they are binary: a pointer is told by its
// size (three lines: a hash, and a number of up to 19 digits), or by what a comparison shows of it.
bool may_be_pointer(const TreeEntry& entry) {
  constexpr uint64_t kShortest = 126, kLongest = 144;
  return entry.shows_pointer || (entry.size_bytes >= kShortest && entry.size_bytes <= kLongest);
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
  if (reason == text::kOmittedBinary && may_be_pointer(file.entry)) reason = {};
  if (reason.empty()) return false;
  omit(reason, file.document);
  if (file.entry.size_bytes > 0) set_size(file.entry.size_bytes, file.document);
  return true;
}

// Larger than what is asked for, or than what GitHub gives.
bool is_too_large(const Error& error) {
  return error.reason == "BODY_TOO_LARGE" || error.reason == "GITHUB_BLOB_TOO_LARGE";
}

Task<File> fetch_text(const Place* place, sync::Api* api, File file) {
  auto response = co_await place->client.blob(*api, place->repository.full_name, file.entry.sha,
                                              place->options.max_file_bytes, false);
  if (!response && is_too_large(response.error())) {
    omit(text::kOmittedTooLarge, file.document);
  } else if (!response) {
    file.error = std::move(response).error();
  } else if (!is_blob(file.entry.sha, response->body)) {
    file.error = damaged(file.entry);
  } else {
    set_text(place->options, response->body, file);
  }
  co_return file;
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

// In its turn, and not ahead: an original goes to the sink as it arrives.
Task<File> fetch_original(const Place* place, File file) {
  constexpr uint64_t kMost = 101ull << 20; // GitHub gives out 100 MB
  constexpr int kAttempts = 2;
  for (int attempt = 1; attempt <= kAttempts; ++attempt) {
    file.error.reset();
    auto response =
        co_await place->client.blob(place->pull, place->repository.full_name, file.entry.sha, kMost, true);
    if (!response && is_too_large(response.error())) {
      omit(text::kOmittedTooLarge, file.document);
      co_return file;
    }
    if (!response) {
      file.error = std::move(response).error();
      co_return file;
    }
    auto kept = std::make_shared<KeepingStream::Kept>();
    std::unique_ptr<http::BodyStream> stream =
        std::make_unique<KeepingStream>(std::move(response->stream), place->options.max_file_bytes, kept);
    auto raw = co_await place->pull.deliver_content(std::move(stream));
    const bool refused =
        !raw && (raw.error().reason == "CONTENT_REFUSED" || raw.error().reason == "CONTENT_UNSUPPORTED");
    if (refused)
      co_return co_await fetch_text(place, &place->pull, std::move(file)); // as the contract has it
    if (!raw) {
      file.error = std::move(raw).error();
      if (file.error->reason == "CONTENT_INTERRUPTED") continue;
      co_return file;
    }
    const bool whole = kept->size > kept->bytes.size() || is_blob(file.entry.sha, kept->bytes);
    if (!whole) {
      file.error = damaged(file.entry);
      continue;
    }
    *file.document.mutable_raw() = *std::move(raw);
    if (kept->size > kept->bytes.size()) {
      set_size(kept->size, file.document);
      omit(text::kOmittedTooLarge, file.document);
    } else {
      set_text(place->options, kept->bytes, file);
    }
    co_return file;
  }
  co_return file;
}

uint64_t bytes_to_hold(const TreeEntry& entry) {
  constexpr uint64_t kUnknownSize = 64 << 10; // a comparison does not say it
  return entry.size_bytes > 0 ? entry.size_bytes : kUnknownSize;
}

} // namespace

FileDelivery::FileDelivery(Place& place, std::string branch, TaskGroup& readers, Delivered delivered)
    : place_(place),
      branch_(std::move(branch)),
      low_(place.options.bodies_ahead / 2),
      bodies_(place.pull, readers,
              {place.options.bodies_at_a_time, place.options.bodies_ahead, place.options.bodies_max_bytes}),
      delivered_(std::move(delivered)) {}

Task<Result<void>> FileDelivery::add(std::vector<TreeEntry> entries, std::string page) {
  std::vector<sync::ItemStamp> stamps;
  stamps.reserve(entries.size());
  for (const TreeEntry& entry : entries) {
    stamps.push_back(
        {file_id(place_.repository, branch_, entry.path), file_version(place_.repository, entry)});
  }
  const std::vector<bool> is_wanted = co_await place_.pull.select_changed(std::move(stamps));
  const bool originals = place_.pull.settings().content() == v1::CONTENT_RAW;
  for (size_t i = 0; i < entries.size(); ++i) {
    if (!is_wanted[i]) continue;
    auto document = normalize_file(place_.repository, branch_, entries[i]);
    File file{std::move(entries[i]), std::move(document)};
    if (is_without_body(place_, file)) {
      steps_.push_back({Step::Kind::kComplete, std::move(file)});
    } else if (originals) {
      steps_.push_back({Step::Kind::kOriginal, std::move(file)});
    } else {
      steps_.push_back({Step::Kind::kReadAhead});
      const uint64_t bytes = bytes_to_hold(file.entry);
      const auto ahead = std::make_shared<File>(std::move(file)); // what is called can be copied
      bodies_.add(bytes, [place = &place_, ahead](sync::Api& api) {
        return fetch_text(place, &api, std::move(*ahead));
      });
    }
  }
  steps_.push_back({Step::Kind::kPageEnd, {}, std::move(page)});
  co_return co_await deliver_down_to(low_);
}

Task<Result<void>> FileDelivery::finish() { return deliver_down_to(0); }

// Until no more bodies are left to be handed over, and with none, to the end.
Task<Result<void>> FileDelivery::deliver_down_to(size_t bodies) {
  while (!steps_.empty() && !failed_) {
    const bool is_ahead = steps_.front().kind == Step::Kind::kReadAhead;
    if (is_ahead && bodies_.left() <= bodies) break;
    Step step = std::move(steps_.front());
    steps_.pop_front();
    auto taken = co_await take(std::move(step));
    failed_ = !taken;
    if (failed_) co_return std::move(taken).error();
  }
  co_return Result<void>();
}

Task<Result<void>> FileDelivery::take(Step step) {
  switch (step.kind) {
    case Step::Kind::kPageEnd:
      if (!gap_) co_await delivered_(std::move(step.page));
      co_return Result<void>();
    case Step::Kind::kReadAhead:
      step.file = co_await bodies_.next();
      break;
    case Step::Kind::kOriginal:
      step.file = co_await fetch_original(&place_, std::move(step.file));
      break;
    case Step::Kind::kComplete:
      break;
  }
  const bool fetched = step.kind == Step::Kind::kReadAhead || step.kind == Step::Kind::kOriginal;
  if (fetched && !step.file.error) passing_.went_well();
  co_return co_await deliver(std::move(step.file));
}

Task<Result<void>> FileDelivery::deliver(File file) {
  if (!file.error) {
    co_await place_.pull.upsert(std::move(file.document));
    co_return Result<void>();
  }
  const bool for_good = file.error->cls == ErrorClass::kNotFound || file.error->cls == ErrorClass::kInvalid;
  const bool passing = file.error->cls == ErrorClass::kTransient && !sync::is_of_sink(*file.error);
  if (passing && passing_.add()) {
    if (!gap_) gap_ = *file.error;
  } else if (!for_good) {
    co_return *std::move(file.error);
  }
  co_await place_.pull.reject(file.document.external_id(), *std::move(file.error));
  co_return Result<void>();
}

} // namespace circuit::feeds::github
