#pragma once
// The truth behind a simulated document library: folders, documents in them, and a log of what changed.
// Models what the document stores have in common (Graph: driveItem delta; Drive: changes.list): identity that
// survives moves and renames, versions that are opaque, a change log that is forgotten after a while, and
// folders whose permission can be lost.
//
// Folders stay where they are. One thread.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace circuit::providers::library {

struct Folder {
  std::string id, name;
  size_t parent = 0; // of the root: itself
  bool forbidden = false;
};

// What a document says at one version.
struct Edition {
  uint32_t tag = 1;     // grows with every change
  uint32_t content = 1; // grows with every change of the text
  std::string name;
  std::vector<std::string> path; // names of the folders, then its own
};

struct Document {
  std::string id;
  size_t folder = 0;
  size_t bytes = 0; // of text, about
  Edition now;
  std::optional<Edition> before;                  // the version before this one
  std::map<std::string, std::set<uint32_t>> said; // the tags of each content with name and path
  bool bad = false;                               // cannot be read
  bool deleted = false;
  uint32_t last_content = 1; // the highest that `now.content` ever was
  bool restored = false;     // was deleted, and came back
};

class Library {
 public:
  explicit Library(std::string name);

  size_t add_folder(size_t parent, std::string name);
  std::string add(size_t folder, size_t bytes);
  void edit(const std::string& id);
  void touch(const std::string& id); // a new version that says the same
  void rename(const std::string& id, std::string name);
  void move(const std::string& id, size_t folder);
  void remove(const std::string& id);
  void restore(const std::string& id); // as it was when it was removed, under the same version
  void revert(const std::string& id);  // to the text before, under a new version
  void set_bad(const std::string& id, bool bad);
  void rename_folder(size_t folder, std::string name);
  // Permission lost or given back, with all that is below.
  void forbid(size_t folder, bool forbidden);
  // Every token and every marker given so far is answered 410.
  void expire_tokens();
  void expire_markers() { ++marker_generation_; }

  const std::string& name() const { return name_; }
  const std::vector<Folder>& folders() const { return folders_; }
  const std::map<std::string, Document>& documents() const { return documents_; }
  const Document* find(const std::string& id) const;
  bool is_forbidden(size_t folder) const;
  bool is_live(const Document& document) const { return !document.deleted; }
  bool is_readable(const Document& document) const {
    return !document.deleted && !is_forbidden(document.folder);
  }
  std::string text(const Document& document, const Edition& edition) const;
  // The tags under which it said what it says now.
  static const std::set<uint32_t>& tags_of_now(const Document& document);
  static std::string etag(const Document& document, uint32_t tag);

  // The log: entry N is at [N - 1].
  const std::vector<std::string>& log() const { return log_; }
  uint64_t oldest_token() const { return oldest_token_; }
  uint64_t marker_generation() const { return marker_generation_; }
  uint64_t moves() const { return moves_; }

 private:
  Document& at(const std::string& id) { return documents_.at(id); }
  void next_edition(Document& document, bool new_content);
  std::vector<std::string> path_of(const Document& document, const std::string& name) const;
  bool is_below(size_t folder, size_t ancestor) const;

  std::string name_;
  std::vector<Folder> folders_;
  std::map<std::string, Document> documents_;
  std::vector<std::string> log_;
  uint64_t oldest_token_ = 0;
  uint64_t marker_generation_ = 1;
  uint64_t moves_ = 0;
  uint64_t next_number_ = 1;
};

} // namespace circuit::providers::library
