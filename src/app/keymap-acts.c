/* The one list of what keys can ask for.  A new act is a line here and a case in the `sac_X_act()` of the widget that does it.
 * Keys: Saccade's own, then CVAT's and mpv's where a hand used to them expects others (NULL: as ours). */
#include "sac-keymap.h"

#include <glib/gi18n.h>

/* A digit's label in the first and second bank of ten. */
#define LABEL(n, digit, words, unknown_words, second, second_words) \
  { "label." n, SAC_KEYS_LABELS, SAC_KEYS_ALWAYS, words, { digit, digit " <Control>" digit, NULL }, NULL }, \
  { "label.unknown-" n, SAC_KEYS_LABELS, SAC_KEYS_ALWAYS, unknown_words, { "<Shift>" digit, NULL, NULL }, NULL }, \
  { "label." second, SAC_KEYS_LABELS, SAC_KEYS_ALWAYS, second_words, { "<Control><Shift>" digit, NULL, NULL }, NULL }
#define PAGE(n, name, words) \
  { "window.page-" name, SAC_KEYS_WINDOW, SAC_KEYS_ALWAYS, words, { "<Control>" n, "<Alt>" n, NULL }, "win.page::" name }
#define WINDOW(name, words, ours, cvat, mpv, action) \
  { "window." name, SAC_KEYS_WINDOW, SAC_KEYS_ALWAYS, words, { ours, cvat, mpv }, action }
#define ON_PAGE(name, words, ours, cvat, mpv) { name, SAC_KEYS_PAGE, SAC_KEYS_ALWAYS, words, { ours, cvat, mpv }, NULL }
#define CLIPS(name, words, ours, cvat, mpv) { "clips." name, SAC_KEYS_CLIPS, SAC_KEYS_ALWAYS, words, { ours, cvat, mpv }, NULL }
#define LABELS(name, words, ours, cvat, mpv) { "label." name, SAC_KEYS_LABELS, SAC_KEYS_ALWAYS, words, { ours, cvat, mpv }, NULL }
#define PLAYER(name, words, ours, cvat, mpv) { "player." name, SAC_KEYS_PLAYER, SAC_KEYS_ALWAYS, words, { ours, cvat, mpv }, NULL }
#define SEGMENT(name, when, words, ours, cvat, mpv) \
  { "segment." name, SAC_KEYS_SEGMENTS, SAC_KEYS_##when, words, { ours, cvat, mpv }, NULL }
#define TRACK(name, when, words, ours, cvat, mpv) \
  { "track." name, SAC_KEYS_TRACKS, SAC_KEYS_##when, words, { ours, cvat, mpv }, NULL }
#define EXPLAIN(name, words, ours, cvat, mpv) { "explain." name, SAC_KEYS_EXPLAIN, SAC_KEYS_ALWAYS, words, { ours, cvat, mpv }, NULL }
#define RUNS(name, words, ours) { "runs." name, SAC_KEYS_RUNS, SAC_KEYS_ALWAYS, words, { ours, NULL, NULL }, NULL }
#define VOCABULARY(name, words, ours) { "vocabulary." name, SAC_KEYS_VOCABULARY, SAC_KEYS_ALWAYS, words, { ours, NULL, NULL }, NULL }
#define SUSPECTS(name, words, ours) { "suspects." name, SAC_KEYS_SUSPECTS, SAC_KEYS_ALWAYS, words, { ours, NULL, NULL }, NULL }
#define GRAPH(name, words, ours) { "graph." name, SAC_KEYS_GRAPH, SAC_KEYS_ALWAYS, words, { ours, NULL, NULL }, NULL }

const SacKeyAct sac_key_acts[] = {
  PAGE ("1", "clips", N_("Clips page")),
  PAGE ("2", "label", N_("Label page")),
  PAGE ("3", "train", N_("Train page")),
  PAGE ("4", "compare", N_("Compare page")),
  PAGE ("5", "explain", N_("Explain page")),
  PAGE ("6", "runs", N_("Runs page")),
  WINDOW ("next-page", N_("Next page"), "<Control>Page_Down", NULL, NULL, "win.page-step(1)"),
  WINDOW ("previous-page", N_("Previous page"), "<Control>Page_Up", NULL, NULL, "win.page-step(-1)"),
  WINDOW ("new-project", N_("New project"), "<Control>n", NULL, NULL, "win.new-project"),
  WINDOW ("open", N_("Open project"), "<Control>o", NULL, NULL, "win.open"),
  WINDOW ("import", N_("Import folder"), "<Control>i", NULL, NULL, "win.import"),
  WINDOW ("import-labels", N_("Import labels"), "<Control><Alt>i", NULL, NULL, "win.import-labels"),
  WINDOW ("export", N_("Export labels"), "<Control>e", NULL, NULL, "win.export"),
  WINDOW ("split", N_("Divide the clips"), "<Control>d", NULL, NULL, "win.split"),
  WINDOW ("name-version", N_("Name this version"), "<Control>s", NULL, NULL, "win.name-version"),
  WINDOW ("history", N_("History"), "<Control>h", NULL, NULL, "win.history"),
  WINDOW ("versions", N_("Named versions"), "<Control><Alt>v", NULL, NULL, "win.versions"),
  WINDOW ("layers", N_("Layers"), "<Control><Alt>l", NULL, NULL, "win.layers"),
  WINDOW ("undo", N_("Undo"), "<Control>z", NULL, NULL, "win.undo"),
  WINDOW ("redo", N_("Redo"), "<Control><Shift>z <Control>y", NULL, NULL, "win.redo"),
  WINDOW ("search", N_("Search"), "<Control>f", NULL, NULL, "win.search"),
  WINDOW ("labels", N_("Edit labels"), "<Control><Shift>l", NULL, NULL, "win.labels"),
  WINDOW ("sidebar", N_("Show or hide the side bar"), "F9", NULL, NULL, "win.sidebar"),
  WINDOW ("fullscreen", N_("Fullscreen"), "F11", NULL, "F11 f", "win.fullscreen"),
  WINDOW ("preferences", N_("Preferences"), "<Control>comma", NULL, NULL, "app.preferences"),
  WINDOW ("shortcuts", N_("Keyboard shortcuts"), "<Control>question F1", NULL, NULL, "win.show-help-overlay"),
  WINDOW ("close", N_("Close the window"), "<Control>w", NULL, NULL, "window.close"),
  WINDOW ("quit", N_("Quit"), "<Control>q", NULL, NULL, "app.quit"),

  ON_PAGE ("clip.next", N_("Next clip"), "Page_Down", NULL, NULL),
  ON_PAGE ("clip.previous", N_("Previous clip"), "Page_Up", NULL, NULL),
  ON_PAGE ("clip.next-unreviewed", N_("Next clip that is sought (unreviewed, if nothing else was chosen)"), "u", NULL, NULL),
  ON_PAGE ("clip.previous-unreviewed", N_("Previous clip that is sought"), "<Shift>u", NULL, NULL),
  ON_PAGE ("clip.choose-match", N_("Choose which clip is sought"), "<Control>u", NULL, NULL),
  ON_PAGE ("clip.accept", N_("Accept as reviewed and go on"), "<Control>Return", NULL, NULL),
  ON_PAGE ("clip.search", N_("Search clips"), "slash", NULL, NULL),

  CLIPS ("larger", N_("Larger thumbnails"), "<Control>plus <Control>equal", NULL, NULL),
  CLIPS ("smaller", N_("Smaller thumbnails"), "<Control>minus", NULL, NULL),
  CLIPS ("unselect", N_("Select nothing"), "Escape", NULL, NULL),

  LABEL ("1", "1", N_("Label 1: yes or no"), N_("Label 1: unknown"), "11", N_("Label 11: yes or no")),
  LABEL ("2", "2", N_("Label 2: yes or no"), N_("Label 2: unknown"), "12", N_("Label 12: yes or no")),
  LABEL ("3", "3", N_("Label 3: yes or no"), N_("Label 3: unknown"), "13", N_("Label 13: yes or no")),
  LABEL ("4", "4", N_("Label 4: yes or no"), N_("Label 4: unknown"), "14", N_("Label 14: yes or no")),
  LABEL ("5", "5", N_("Label 5: yes or no"), N_("Label 5: unknown"), "15", N_("Label 15: yes or no")),
  LABEL ("6", "6", N_("Label 6: yes or no"), N_("Label 6: unknown"), "16", N_("Label 16: yes or no")),
  LABEL ("7", "7", N_("Label 7: yes or no"), N_("Label 7: unknown"), "17", N_("Label 17: yes or no")),
  LABEL ("8", "8", N_("Label 8: yes or no"), N_("Label 8: unknown"), "18", N_("Label 18: yes or no")),
  LABEL ("9", "9", N_("Label 9: yes or no"), N_("Label 9: unknown"), "19", N_("Label 19: yes or no")),
  LABEL ("10", "0", N_("Label 10: yes or no"), N_("Label 10: unknown"), "20", N_("Label 20: yes or no")),
  LABELS ("type", N_("Find or add a label by its name"), "t", NULL, NULL),

  TRACK ("new", ALWAYS, N_("New box, again of the last label"), "n", NULL, NULL),
  TRACK ("cancel", WITH_TRACK, N_("Give up drawing, let go of the track"), "Escape", NULL, NULL),
  TRACK ("keyframe", WITH_TRACK, N_("Keyframe here, or none"), "k", NULL, NULL),
  TRACK ("previous-key", WITH_TRACK, N_("Previous keyframe"), "e", NULL, NULL),
  TRACK ("next-key", WITH_TRACK, N_("Next keyframe"), "r", NULL, NULL),
  TRACK ("bisect", WITH_TRACK, N_("Middle of the widest gap between keyframes"), "b", NULL, NULL),
  TRACK ("outside", WITH_TRACK, N_("Leaves the picture here, or comes back"), "w", "o", NULL),
  TRACK ("occluded", WITH_TRACK, N_("Hidden behind something, or not"), "q", NULL, NULL),
  TRACK ("hide", WITH_TRACK, N_("Show or hide the track"), "h", NULL, NULL),
  TRACK ("hide-others", ALWAYS, N_("Show all tracks, or no others"), "<Shift>h", NULL, NULL),
  TRACK ("lock", WITH_TRACK, N_("Lock or unlock the track"), "<Control>l", "l", NULL),
  TRACK ("propagate", WITH_TRACK, N_("Copy the box to the frames that follow"), "<Control>b", NULL, NULL),
  TRACK ("merge", WITH_TRACK, N_("Merge two tracks: once on each"), "<Control>m", "m", NULL),
  TRACK ("follow", WITH_TRACK, N_("Follow the object from here on"), "p <Shift>f", "<Shift>f", "<Shift>f"),
  TRACK ("delete-frame", WITH_TRACK, N_("Delete the box of this frame"), "Delete", NULL, NULL),
  TRACK ("delete-from", WITH_TRACK, N_("Delete the track from here on"), "<Shift>Delete", NULL, NULL),
  TRACK ("delete", WITH_TRACK, N_("Delete the whole track"), "<Control>Delete", NULL, NULL),
  TRACK ("next-object", ALWAYS, N_("Next object"), "<Alt>Down", NULL, NULL),
  TRACK ("previous-object", ALWAYS, N_("Previous object"), "<Alt>Up", NULL, NULL),
  TRACK ("nudge-left-far", WITH_TRACK, N_("Move the box left by 10"), "<Control><Alt><Shift>Left", NULL, NULL),
  TRACK ("nudge-right-far", WITH_TRACK, N_("Move the box right by 10"), "<Control><Alt><Shift>Right", NULL, NULL),
  TRACK ("nudge-up-far", WITH_TRACK, N_("Move the box up by 10"), "<Control><Alt><Shift>Up", NULL, NULL),
  TRACK ("nudge-down-far", WITH_TRACK, N_("Move the box down by 10"), "<Control><Alt><Shift>Down", NULL, NULL),
  TRACK ("nudge-left", WITH_TRACK, N_("Move the box left"), "<Alt><Shift>Left", NULL, NULL),
  TRACK ("nudge-right", WITH_TRACK, N_("Move the box right"), "<Alt><Shift>Right", NULL, NULL),
  TRACK ("nudge-up", WITH_TRACK, N_("Move the box up"), "<Alt><Shift>Up", NULL, NULL),
  TRACK ("nudge-down", WITH_TRACK, N_("Move the box down"), "<Alt><Shift>Down", NULL, NULL),

  SEGMENT ("in", ALWAYS, N_("Segment begins here"), "i", NULL, NULL),
  SEGMENT ("out", ALWAYS, N_("Segment ends here"), "o", NULL, NULL),
  SEGMENT ("go-in", ALWAYS, N_("Go to the segment’s begin"), "<Shift>i", NULL, NULL),
  SEGMENT ("go-out", ALWAYS, N_("Go to the segment’s end"), "<Shift>o", NULL, NULL),
  SEGMENT ("split", ALWAYS, N_("Split the segment here"), "x", NULL, NULL),
  SEGMENT ("loop", WITH_SEGMENT, N_("Play the segment over and over"), "<Shift>p", NULL, NULL),
  SEGMENT ("delete", WITH_SEGMENT, N_("Delete the segment"), "Delete", NULL, NULL),
  SEGMENT ("cancel", ALWAYS, N_("Forget where the segment began"), "Escape", NULL, NULL),
  SEGMENT ("next-edge", ALWAYS, N_("Next match"), "<Alt>Right", "<Alt>Right Right", NULL),
  SEGMENT ("previous-edge", ALWAYS, N_("Previous match"), "<Alt>Left", "<Alt>Left Left", NULL),
  SEGMENT ("zoom-in", ALWAYS, N_("Shorter part of the timeline"), "<Control>plus <Control>equal", NULL, NULL),
  SEGMENT ("zoom-out", ALWAYS, N_("Longer part of the timeline"), "<Control>minus", NULL, NULL),
  SEGMENT ("next-segment", ALWAYS, N_("Next segment"), "<Control>Right", NULL, NULL),
  SEGMENT ("previous-segment", ALWAYS, N_("Previous segment"), "<Control>Left", NULL, NULL),
  SEGMENT ("run-rows", ALWAYS, N_("What a run thinks, over time, or not"), "<Shift>a", NULL, NULL),

  PLAYER ("play", N_("Play or pause"), "space", NULL, "space p"),
  PLAYER ("pause", N_("Pause"), "k", NULL, NULL),
  PLAYER ("shuttle-forward", N_("Forward; again for faster"), "l", NULL, ""),
  PLAYER ("shuttle-back", N_("Backward; again for faster"), "j", NULL, NULL),
  PLAYER ("step-forward", N_("One frame on"), "period f Right", "f period", "period"),
  PLAYER ("step-back", N_("One frame back"), "comma d Left", "d comma", "comma"),
  PLAYER ("step-n-forward", N_("Several frames on"), "v", NULL, NULL),
  PLAYER ("step-n-back", N_("Several frames back"), "c", NULL, NULL),
  PLAYER ("second-forward", N_("One second on"), "<Shift>Right", NULL, NULL),
  PLAYER ("second-back", N_("One second back"), "<Shift>Left", NULL, NULL),
  PLAYER ("seconds-forward", N_("Five seconds on"), "", NULL, "Right"),
  PLAYER ("seconds-back", N_("Five seconds back"), "", NULL, "Left"),
  PLAYER ("first", N_("First frame"), "Home", NULL, NULL),
  PLAYER ("last", N_("Last frame"), "End", NULL, NULL),
  PLAYER ("go-to", N_("Go to a time or frame"), "g", NULL, NULL),
  PLAYER ("go-back", N_("Back to the place before"), "BackSpace", NULL, "<Shift>BackSpace"),
  PLAYER ("slower", N_("A little slower"), "bracketleft", NULL, NULL),
  PLAYER ("faster", N_("A little faster"), "bracketright", NULL, NULL),
  PLAYER ("half", N_("Half the speed"), "braceleft", NULL, NULL),
  PLAYER ("double", N_("Twice the speed"), "braceright", NULL, NULL),
  PLAYER ("speed-normal", N_("As filmed"), "backslash", NULL, "BackSpace backslash"),
  PLAYER ("loop", N_("Loop"), "<Shift>l", NULL, "<Shift>l l"),
  PLAYER ("mute", N_("Sound on or off"), "m", NULL, NULL),
  PLAYER ("zoom-fit", N_("Whole picture"), "z", NULL, NULL),
  PLAYER ("zoom-one", N_("Pixel by pixel"), "<Shift>z", NULL, NULL),

  SUSPECTS ("yes", N_("Set the doubtful label to yes"), "y"),
  SUSPECTS ("no", N_("Set the doubtful label to no"), "n"),
  SUSPECTS ("unknown", N_("Set the doubtful label to unknown"), "u"),
  SUSPECTS ("keep", N_("Keep the doubtful label as it is"), "space"),
  SUSPECTS ("undo", N_("Undo the last judgement"), "<Control>z BackSpace"),
  SUSPECTS ("next", N_("Next doubtful label"), "Page_Down Down"),
  SUSPECTS ("previous", N_("Previous doubtful label"), "Page_Up Up"),
  SUSPECTS ("open", N_("Open the clip on the Label page"), "Return"),
  VOCABULARY ("rename", N_("Rename the label"), "F2"),
  VOCABULARY ("up", N_("Move the label up"), "<Alt>Up"),
  VOCABULARY ("down", N_("Move the label down"), "<Alt>Down"),
  VOCABULARY ("below", N_("Put the label below the one before it"), "<Alt>Right"),
  VOCABULARY ("out", N_("Put the label one level up"), "<Alt>Left"),
  VOCABULARY ("remove", N_("Delete the label"), "Delete"),
  VOCABULARY ("search", N_("Find a label"), "<Control>f slash"),

  EXPLAIN ("attention", N_("Attention over the picture, or not"), "a", NULL, NULL),
  EXPLAIN ("next-map", N_("Another kind of map"), "w", NULL, NULL),
  EXPLAIN ("invert-space", N_("Invert places while the key is held"), "s", NULL, NULL),
  EXPLAIN ("invert-time", N_("Invert time while the key is held"), "t", NULL, NULL),
  EXPLAIN ("invert-both", N_("Invert places and time while the key is held"), "b", NULL, NULL),
  EXPLAIN ("next-peak", N_("Next peak of attention"), "n", NULL, NULL),
  EXPLAIN ("previous-peak", N_("Previous peak of attention"), "<Shift>n", NULL, NULL),

  RUNS ("rename", N_("Rename the run"), "F2"),
  RUNS ("tag", N_("Tag the chosen runs"), "t"),
  RUNS ("untag", N_("Take a tag away"), "<Shift>t"),
  RUNS ("note", N_("Note on the chosen runs"), "n"),
  RUNS ("archive", N_("Archive the chosen runs, or take them out"), "a"),
  RUNS ("delete", N_("Delete the chosen runs"), "Delete"),
  RUNS ("untick", N_("Tick no run"), "Escape"),
  RUNS ("differences", N_("Only columns whose values differ, or all"), "d"),

  GRAPH ("next-node", N_("Next node of the graph"), "Right"),
  GRAPH ("previous-node", N_("Previous node of the graph"), "Left"),
  GRAPH ("next-edge", N_("Next edge to the generator"), "Down"),
  GRAPH ("previous-edge", N_("Previous edge to the generator"), "Up"),
  GRAPH ("through", N_("Edge through"), "t"),
  GRAPH ("cut", N_("Edge cut off"), "c"),
  GRAPH ("positive", N_("Edge positive: grows from 0 to 1"), "p"),
  GRAPH ("negative", N_("Edge negative: falls from 1 to 0"), "n"),
  GRAPH ("cycle", N_("Next gate of the edge"), "space Return"),
  GRAPH ("delete", N_("Cut the edge off, or remove the generator"), "Delete"),
  GRAPH ("add", N_("Add a generator"), "plus"),
  GRAPH ("remove", N_("Remove a generator"), "minus"),
  GRAPH ("unselect", N_("Select nothing in the graph"), "Escape"),
  GRAPH ("undo", N_("Undo in the graph"), "<Control>z BackSpace"),
  GRAPH ("redo", N_("Redo in the graph"), "<Control><Shift>z <Control>y <Shift>BackSpace"),
  GRAPH ("copy", N_("Copy the graph as JSON"), "<Control>c"),
  GRAPH ("copy-letters", N_("Copy the graph as letters"), "<Control><Shift>c"),
  GRAPH ("paste", N_("Paste a graph"), "<Control>v"),
  GRAPH ("play", N_("Play the gates through time"), "g"),
  GRAPH ("earlier", N_("Earlier in the training"), "comma"),
  GRAPH ("later", N_("Later in the training"), "period"),
  GRAPH ("menu", N_("Menu of what is selected"), "m Menu"),
};
const guint sac_n_key_acts = G_N_ELEMENTS (sac_key_acts);
