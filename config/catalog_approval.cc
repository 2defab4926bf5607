#include "config/catalog_sections.h"

namespace circuit::config {
namespace {

using credentials::ApprovalSign;

ApprovalSign read_sign(const YAML::Node& node) {
  const Section section(node, "a sign", {"error", "contains", "who", "meaning"});
  ApprovalSign sign;
  sign.error = section.text("error", "");
  sign.contains = section.text("contains", "");
  if (sign.error.empty() && sign.contains.empty()) refuse(node, "a sign needs error or contains");
  sign.meaning = section.text("meaning");
  const std::string who =
      section.choice("who", {"administrator", "person", "operator", "nobody"}, "administrator");
  sign.who = who == "administrator" ? ApprovalSign::Who::kAdministrator
             : who == "person"      ? ApprovalSign::Who::kPerson
             : who == "operator"    ? ApprovalSign::Who::kOperator
                                    : ApprovalSign::Who::kNobody;
  return sign;
}

std::vector<std::string> some_texts(const Section& section, const std::string& key) {
  auto texts = section.texts(key);
  if (texts.empty()) refuse(section.has(key) ? section.at(key) : section.node(), key + " must not be empty");
  return texts;
}

} // namespace

credentials::Approval read_approval(const YAML::Node& node) {
  const Section section(
      node, "approval",
      {"when", "where", "roles", "console_url", "steps", "direct_url", "limit_users", "signs"});
  credentials::Approval approval;
  approval.when = section.text("when");
  approval.where = section.text("where");
  approval.roles = some_texts(section, "roles");
  approval.console_url = section.text("console_url", "");
  approval.steps = some_texts(section, "steps");
  approval.direct_url = section.text("direct_url", "");
  approval.limit_users = section.texts("limit_users");
  for (const auto& sign : section.list("signs")) approval.signs.push_back(read_sign(sign));
  return approval;
}

std::vector<credentials::ReviewPlace> read_review_places(const Section& file) {
  std::vector<credentials::ReviewPlace> places;
  for (const auto& node : file.list("review_places")) {
    const Section section(node, "a review place", {"who", "where", "url"});
    places.push_back(
        {section.choice("who", {"user", "administrator"}), section.text("where"), section.text("url", "")});
  }
  return places;
}

} // namespace circuit::config
