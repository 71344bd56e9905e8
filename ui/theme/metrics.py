"""Every pixel count of the window. Spacing goes in steps of 4 px; lines are 1 px."""

SPACE = 4

RADIUS_ROW = 7
RADIUS_BUTTON = 8
RADIUS_CODE = 10
RADIUS_CARD = 12
RADIUS_COMPOSER = 16

SIDEBAR_PX = 256
INSPECTOR_PX = 376
HEADER_PX = 46
MEASURE_PX = 784
"""The widest that a line of the transcript gets."""

INSPECTOR_OVERLAY_BELOW_PX = 1100
SIDEBAR_OVERLAY_BELOW_PX = 760
MINIMUM_SIZE = (720, 480)
FIRST_SIZE = (1280, 820)
CENTRE_LEAST_PX = 420
"""The inspector gives way before the centre gets narrower."""
SIDEBAR_RANGE_PX = (200, 420)
INSPECTOR_RANGE_PX = (300, 620)
GRIP_PX = 6
"""The edge by which a pane is resized."""
PANE_RANGE_PX = (100, 1000)
"""What is believed of a pane's remembered width."""

INTERFACE_TEXT_PX = 13
LABEL_TEXT_PX = 11
TRANSCRIPT_TEXT_PX = 14.5
TRANSCRIPT_LINE_HEIGHT = 1.62
CODE_TEXT_PX = 12.5

ZOOM_RANGE = (0.7, 2.0)
"""Of the transcript, by Ctrl + and Ctrl −."""

ICON_PX = 16
ICON_STROKE = 1.75
"""Of the 24 px square that an icon is drawn in."""
SMALL_TEXT_PX = 12
"""Facts beside a name."""
HEADING_TEXT_PX = 20
LEAD_TEXT_PX = 15
ICON_BUTTON_PX = 28
BUTTON_PX = 32
"""Height of a button and of a field."""
ROW_PX = 30
"""Height of a row in the sidebar, its headings included."""
BACKUP_DIALOG = (440, 360)
GATEWAY_DIALOG_PX = 520
"""Width."""
PALETTE_PX = (620, 440)
PALETTE_KIND_PX = 96
HIT_PX = 62
"""Height of a search result: three lines."""
PILL_PX = 20
LINE_PX = 20
"""Height of a line in a field of several."""
CHEVRON_PX = 7
CHEVRON_LINE_PX = 1.5
FIND_BAR_PX = 340
"""Width."""
DOT_PX = 6
SCROLLBAR_PX = 10
SWITCH_PX = (28, 16)
"""Width and height of a switch."""
COMPOSER_SHARE = 0.4
"""Of the window's height: the composer grows no further."""
COMPOSER_TEXT_PX = 15
ATTACHMENT_PX = (240, 64)
"""Width and height of an attachment above the text."""
ATTACHMENT_ROWS = 2
"""So many are seen at once; beyond them they scroll."""
THUMBNAIL_PX = 56
VIEWER_PX = (1100, 780)
VIEWER_MOST_PX = 4096
"""Side of a picture that is looked at; larger ones are decoded smaller."""
ZOOM_OF_PICTURES = (0.02, 16.0)
FORM_PX = 460
"""Width of the form for a key."""
FORM_TOP_PX = 96
"""Room above it."""
CONNECTION_DIALOG = (560, 640)
COMPARISON_DIALOG = (960, 640)
COMPARISON_LIST_PX = 340
SETTINGS_DIALOG = (560, 420)
TOAST_MAX_PX = 420
"""Width."""
