import CHoldfast
