// What a place's label asks for: 1 − s + s/K at its class, s/K elsewhere.  src/ops/softmax-private.h
struct Label { bool known; uint index; float off, on; };

Label read_label(float label, uint n_classes, float smoothing)
{
  bool is_class = label >= 0.0 && label < float(n_classes);
  float off = is_class ? smoothing / float(n_classes) : sqrt(-1.0 - abs(label));

  return Label(!(label < 0.0), is_class ? uint(label) : 0, off, 1.0 - smoothing + off);
}
