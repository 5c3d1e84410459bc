#version 450
#extension GL_GOOGLE_include_directive : require
// Labels by number become rows of classes; 0 everywhere where the label is unknown (negative), NaN where it is no class.
#include "sac.glsl"
#include "label.glsl"
SOURCE(0, labels);
RESULT(y);
INT_PARAM(0, n_classes);
FLOAT_PARAM(1, smoothing);

void main()
{
  uint i = invocation(), classes = uint(n_classes);
  if (i >= uint(y.length()))
    return;
  Label label = read_label(labels[i / classes], classes, smoothing);
  y[i] = !label.known ? 0.0 : i % classes == label.index ? label.on : label.off;
}
