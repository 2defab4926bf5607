#pragma once
// Writes the inputs that fuzzing begins with, made from the simulators and from hand-written pieces: one file
// per input, FOLDER/TARGET/NAME. The same program writes the same files. One thread.

#include <filesystem>
#include <string>
#include <string_view>

namespace circuit::fuzz {

class SeedFolder {
 public:
  explicit SeedFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // Names count up within a target. Throws std::runtime_error where the file cannot be written.
  void add(const std::string& target, std::string_view input);
  size_t count() const { return count_; }

 private:
  std::filesystem::path folder_;
  size_t count_ = 0;
};

void add_feed_seeds(SeedFolder& seeds);    // feed_bytes, json_feed, charset
void add_body_seeds(SeedFolder& seeds);    // content_decoder
void add_corpus_seeds(SeedFolder& seeds);  // the same from CONFORMANCE_DIR; says so where there is none
void add_html_seeds(SeedFolder& seeds);    // markdown, sanitize, growth
void add_hubspot_seeds(SeedFolder& seeds); // hubspot_answers
void add_text_seeds(SeedFolder& seeds);    // dates, charset, file_text, globs
void add_web_seeds(SeedFolder& seeds);     // azure_listing, urls, egress, redirects, retry_after, schedule,
                                           // cassette, oauth_answers
void add_github_seeds(SeedFolder& seeds);  // github_answers
void add_worker_seeds(SeedFolder& seeds);  // records, credentials, keys, config

} // namespace circuit::fuzz
