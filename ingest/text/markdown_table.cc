#include "ingest/text/markdown_table.h"

#include <algorithm>

namespace circuit::text {
namespace {

constexpr size_t kMostColumns = 64; // wider ones are no table that anybody reads
constexpr size_t kMostFilling = 16; // empty cells for each real one: spans must not make much out of little

bool is_header_row(const std::vector<TableCell>& row) {
  return !row.empty() &&
         std::all_of(row.begin(), row.end(), [](const TableCell& cell) { return cell.header; });
}

bool is_empty_row(const std::vector<TableCell>& row) {
  return std::all_of(row.begin(), row.end(), [](const TableCell& cell) { return cell.markdown.empty(); });
}

void append_row(std::string& out, const std::vector<TableCell>& row, size_t columns) {
  out += '|';
  for (size_t i = 0; i < columns; ++i) {
    out += ' ';
    if (i < row.size() && !row[i].markdown.empty()) out.append(row[i].markdown).append(" ");
    out += '|';
  }
}

std::string_view delimiter_of(Alignment alignment) {
  switch (alignment) {
    case Alignment::kLeft:
      return " :-- |";
    case Alignment::kCenter:
      return " :-: |";
    case Alignment::kRight:
      return " --: |";
    case Alignment::kNone:
      break;
  }
  return " --- |";
}

// A column's alignment is what its first cell that has one says.
Alignment alignment_of(const std::vector<std::vector<TableCell>>& rows, size_t column) {
  for (const auto& row : rows) {
    if (column < row.size() && row[column].alignment != Alignment::kNone) return row[column].alignment;
  }
  return Alignment::kNone;
}

} // namespace

void MarkdownTable::add(TableCell cell) {
  if (rows_.empty()) begin_row();
  bytes_ += cell.markdown.size() + 4;
  rows_.back().push_back(std::move(cell));
}

// The rows with spans resolved: a spanning cell stands in its first place, the others are empty.
std::vector<std::vector<TableCell>> MarkdownTable::grid(size_t& columns) const {
  std::vector<std::vector<TableCell>> grid;
  std::vector<size_t> reserved(kMostColumns, 0); // rows still covered by a cell above, by column
  columns = 0;
  for (const auto& row : rows_) {
    if (row.empty() || is_empty_row(row)) continue;
    std::vector<TableCell> placed;
    const auto skip_reserved = [&] {
      while (placed.size() < kMostColumns && reserved[placed.size()] > 0) {
        --reserved[placed.size()];
        placed.emplace_back();
        placed.back().header = row.front().header;
      }
    };
    for (const TableCell& cell : row) {
      skip_reserved();
      for (size_t i = 0; i < cell.columns && placed.size() < kMostColumns; ++i) {
        reserved[placed.size()] = cell.rows - 1;
        placed.push_back(i == 0 ? cell : TableCell{{}, cell.header, cell.alignment});
      }
    }
    skip_reserved();
    columns = std::max(columns, placed.size());
    grid.push_back(std::move(placed));
  }
  return grid;
}

bool MarkdownTable::is_data() const {
  size_t rows = 0, columns = 0, cells = 0;
  for (const auto& row : rows_) {
    if (is_empty_row(row)) continue;
    ++rows;
    cells += row.size();
    size_t width = 0;
    for (const TableCell& cell : row) width += cell.columns;
    columns = std::max(columns, width);
  }
  return columns >= 2 && columns <= kMostColumns && rows >= 2 && rows * columns <= cells * kMostFilling;
}

std::string MarkdownTable::render() const {
  size_t columns = 0;
  const auto rows = grid(columns);
  std::string out;
  out.reserve(bytes_ * 2);
  // GFM wants a header. Where the first column holds the headers it stays empty; else the first row serves.
  const bool column_headers = !is_header_row(rows.front()) && rows.front().front().header;
  size_t next = 0;
  append_row(out, column_headers ? std::vector<TableCell>{} : rows[next++], columns);
  out += "\n|";
  for (size_t i = 0; i < columns; ++i) out += delimiter_of(alignment_of(rows, i));
  for (; next < rows.size(); ++next) {
    out += '\n';
    append_row(out, rows[next], columns);
  }
  return out;
}

std::vector<std::string> MarkdownTable::contents() const {
  std::vector<std::string> contents;
  for (const auto& row : rows_) {
    for (const TableCell& cell : row) {
      if (!cell.markdown.empty()) contents.push_back(cell.markdown);
    }
  }
  return contents;
}

} // namespace circuit::text
