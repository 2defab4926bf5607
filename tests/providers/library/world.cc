#include "tests/providers/library/world.h"

#include <algorithm>
#include <utility>

namespace circuit::providers::library {
namespace {

std::string key_of(const Edition& edition) {
  std::string key = std::to_string(edition.content);
  for (const std::string& name : edition.path) key += "/" + name;
  return key;
}

} // namespace

Library::Library(std::string name) : name_(std::move(name)) { folders_.push_back({"f0", name_, 0, false}); }

size_t Library::add_folder(size_t parent, std::string name) {
  folders_.push_back({"f" + std::to_string(folders_.size()), std::move(name), parent, false});
  return folders_.size() - 1;
}

std::string Library::add(size_t folder, size_t bytes) {
  Document document;
  // Ids that do not sort by age, as most providers' do not.
  const uint64_t number = next_number_++;
  document.id = "d" + std::to_string(number * 7919 % 100'003) + "-" + name_;
  document.folder = folder;
  document.bytes = bytes;
  document.now.name = "Document " + std::to_string(number);
  document.now.path = path_of(document, document.now.name);
  document.said[key_of(document.now)].insert(document.now.tag);
  const std::string id = document.id;
  documents_.emplace(id, std::move(document));
  log_.push_back(id);
  return id;
}

void Library::next_edition(Document& document, bool new_content) {
  document.before = document.now;
  Edition& now = document.now;
  ++now.tag;
  if (new_content) now.content = ++document.last_content;
  now.path = path_of(document, now.name);
  document.said[key_of(now)].insert(now.tag);
  log_.push_back(document.id);
}

void Library::edit(const std::string& id) { next_edition(at(id), true); }
void Library::touch(const std::string& id) { next_edition(at(id), false); }

void Library::rename(const std::string& id, std::string name) {
  Document& document = at(id);
  const Edition before = document.now;
  document.now.name = std::move(name);
  next_edition(document, false);
  document.before = before;
}

void Library::move(const std::string& id, size_t folder) {
  Document& document = at(id);
  if (document.folder == folder) return;
  ++moves_;
  document.folder = folder;
  next_edition(document, false);
}

void Library::remove(const std::string& id) {
  at(id).deleted = true;
  log_.push_back(id);
}

void Library::restore(const std::string& id) {
  at(id).deleted = false;
  at(id).restored = true;
  log_.push_back(id);
}

void Library::revert(const std::string& id) {
  Document& document = at(id);
  const uint32_t content = document.before ? document.before->content : document.now.content;
  next_edition(document, false);
  document.said.at(key_of(document.now)).erase(document.now.tag);
  document.now.content = content;
  document.said[key_of(document.now)].insert(document.now.tag);
}

void Library::set_bad(const std::string& id, bool bad) {
  Document& document = at(id);
  if (document.bad == bad) return;
  document.bad = bad;
  next_edition(document, true);
}

void Library::rename_folder(size_t folder, std::string name) {
  folders_[folder].name = std::move(name);
  for (auto& [id, document] : documents_) {
    if (!document.deleted && is_below(document.folder, folder)) next_edition(document, false);
  }
}

void Library::forbid(size_t folder, bool forbidden) {
  if (folders_[folder].forbidden == forbidden) return;
  folders_[folder].forbidden = forbidden;
  if (forbidden) return;
  // What can be seen again is news, also what is gone by now.
  for (const auto& [id, document] : documents_) {
    if (is_below(document.folder, folder)) log_.push_back(id);
  }
}

void Library::expire_tokens() {
  if (log_.empty()) return;
  log_.push_back(log_.back()); // what is given from now on is not what was given before
  oldest_token_ = log_.size();
}

const Document* Library::find(const std::string& id) const {
  const auto found = documents_.find(id);
  return found == documents_.end() ? nullptr : &found->second;
}

bool Library::is_below(size_t folder, size_t ancestor) const {
  while (folder != ancestor && folder != 0) folder = folders_[folder].parent;
  return folder == ancestor;
}

bool Library::is_forbidden(size_t folder) const {
  for (;; folder = folders_[folder].parent) {
    if (folders_[folder].forbidden) return true;
    if (folder == 0) return false;
  }
}

std::vector<std::string> Library::path_of(const Document& document, const std::string& name) const {
  std::vector<std::string> path = {name};
  for (size_t folder = document.folder; folder != 0; folder = folders_[folder].parent) {
    path.push_back(folders_[folder].name);
  }
  std::reverse(path.begin(), path.end());
  return path;
}

std::string Library::text(const Document& document, const Edition& edition) const {
  std::string text = "Revision " + std::to_string(edition.content) + " of " + document.id + ".\n";
  while (text.size() < document.bytes) text += "Line " + std::to_string(text.size()) + " of it.\n";
  return text;
}

const std::set<uint32_t>& Library::tags_of_now(const Document& document) {
  return document.said.at(key_of(document.now));
}

std::string Library::etag(const Document& document, uint32_t tag) {
  return "\"" + document.id.substr(1, document.id.find('-') - 1) + "." + std::to_string(tag) + "\"";
}

} // namespace circuit::providers::library
