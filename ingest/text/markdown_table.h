#pragma once
// The rows of one table, and the GFM table they make, if they make one. Private to this folder; one thread at
// a time.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace circuit::text {

enum class Alignment { kNone, kLeft, kCenter, kRight };

struct TableCell {
  std::string markdown; // one line
  bool header = false;
  Alignment alignment = Alignment::kNone;
  size_t columns = 1; // that it spans, bounded
  size_t rows = 1;
};

class MarkdownTable {
 public:
  void begin_row() { rows_.emplace_back(); }
  void add(TableCell cell);

  // Tabular data, rather than a page laid out with a table: two columns and two rows at least.
  bool is_data() const;
  std::string render() const;

  // All cells that are not empty, in reading order.
  std::vector<std::string> contents() const;
  size_t bytes() const { return bytes_; }

 private:
  std::vector<std::vector<TableCell>> grid(size_t& columns) const;

  std::vector<std::vector<TableCell>> rows_;
  size_t bytes_ = 0;
};

} // namespace circuit::text
