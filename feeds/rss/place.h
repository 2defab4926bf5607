#pragma once
// Places as georss, geo and GML write them, as points. Pure; any thread.

#include <string_view>
#include <vector>

#include "feeds/rss/raw.h"

namespace circuit::feeds::rss {

struct Place {
  struct Point {
    double latitude = 0, longitude = 0; // degrees, WGS 84
  };
  std::string_view kind; // as GeoJSON: "Point", "LineString", "Polygon"; a box is the polygon around it
  std::vector<Point> points;
};

// No points where the numbers are no coordinates.
Place read_place(const Where& where);

} // namespace circuit::feeds::rss
