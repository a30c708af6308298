package telemetry

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// Measurement is the present state of one instrument for one set of attributes.
type Measurement struct {
	// Name and Unit are those of the instrument.
	Name, Unit string
	// Attributes tells the series of an instrument apart, as "a=b,c=d".
	Attributes string
	// Count is how many values a histogram has recorded, 0 for the others.
	Count uint64
	// Sum is the value of a counter or gauge, or the sum of a histogram.
	Sum float64
}

// Snapshot returns what has been measured since the start, for the console and
// for tests; a collector is not needed.
func (t *Telemetry) Snapshot(ctx context.Context) ([]Measurement, error) {
	var collected metricdata.ResourceMetrics
	if err := t.reader.Collect(ctx, &collected); err != nil {
		return nil, fmt.Errorf("telemetry: snapshot: %w", err)
	}
	var all []Measurement
	for _, scope := range collected.ScopeMetrics {
		for _, m := range scope.Metrics {
			for _, point := range points(m.Data) {
				point.Name, point.Unit = m.Name, m.Unit
				all = append(all, point)
			}
		}
	}
	return all, nil
}

func points(data metricdata.Aggregation) []Measurement {
	switch d := data.(type) {
	case metricdata.Sum[int64]:
		return plain(d.DataPoints)
	case metricdata.Sum[float64]:
		return plain(d.DataPoints)
	case metricdata.Gauge[int64]:
		return plain(d.DataPoints)
	case metricdata.Gauge[float64]:
		return plain(d.DataPoints)
	case metricdata.Histogram[int64]:
		return histogram(d.DataPoints)
	case metricdata.Histogram[float64]:
		return histogram(d.DataPoints)
	default:
		return nil
	}
}

func plain[N int64 | float64](points []metricdata.DataPoint[N]) []Measurement {
	var all []Measurement
	for _, p := range points {
		all = append(all, Measurement{Attributes: label(p.Attributes), Sum: float64(p.Value)})
	}
	return all
}

func histogram[N int64 | float64](points []metricdata.HistogramDataPoint[N]) []Measurement {
	var all []Measurement
	for _, p := range points {
		all = append(all, Measurement{Attributes: label(p.Attributes), Count: p.Count, Sum: float64(p.Sum)})
	}
	return all
}

func label(set attribute.Set) string { return set.Encoded(attribute.DefaultEncoder()) }
