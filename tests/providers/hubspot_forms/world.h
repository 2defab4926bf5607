#pragma once
// An account's forms and what people submitted, which knows the truth. One thread.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ingest/runtime/clock.h"

namespace circuit::providers::hubspot_forms {

struct SimForm {
  std::string id;
  std::string name;
  std::string type; // "hubspot", "captured", "flow", "blog_comment"
  bool archived = false;
  bool deleted = false;
  std::string message_label = "What is it about?"; // of the field "message"
};

struct SimSubmission {
  size_t form = 0;
  std::string conversion_id;
  int64_t submitted_at_ms = 0;
  uint64_t order = 0; // in which they were made; decides among those of one moment
  std::string marker; // in one of its values, and in no other submission
  std::string text;   // what else was typed
  bool malformed = false;
  bool erased = false;
};

// A place in a form's submissions: after this one, which need not be there any more.
struct Place {
  int64_t submitted_at_ms = 0;
  uint64_t order = 0;
};

class World {
 public:
  explicit World(uint64_t seed) : seed_(seed) {}

  size_t add_form(const std::string& type = "hubspot");
  SimForm& form(size_t index) { return forms_.at(index); }
  const std::vector<SimForm>& forms() const { return forms_; }

  size_t add_submission(size_t form, SystemTime submitted_at, std::string text = "");
  SimSubmission& submission(size_t index) { return submissions_.at(index); }
  const std::vector<SimSubmission>& submissions() const { return submissions_; }

  struct Page {
    std::vector<const SimSubmission*> submissions; // newest first, without what was erased
    bool more = false;
  };
  Page page(size_t form, std::optional<Place> after, size_t limit) const;

  std::string external_id(const SimSubmission& submission) const {
    return forms_.at(submission.form).id + "/" + submission.conversion_id;
  }

 private:
  uint64_t seed_;
  std::vector<SimForm> forms_;
  std::vector<SimSubmission> submissions_;
  std::vector<std::vector<size_t>> newest_first_; // of each form
};

} // namespace circuit::providers::hubspot_forms
