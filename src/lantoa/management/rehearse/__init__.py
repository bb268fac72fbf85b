"""The reference contest's ten days driven through the front door of a real installation (decision 0028).

`wire` speaks HTTP, `browser` keeps cookies and forms, `journey` is what people do, `plan` when, `pace` how fast.
`books` is what was acknowledged, `checking` compares it with the installation, `capacity` raises the rate until it
bends, `machine` says what was busy, `report` tells it. Nothing here opens the database: it may run far away.
"""
